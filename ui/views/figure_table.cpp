// SPDX-License-Identifier: Apache-2.0
// Implements the quiet table of figures.
#include "ui/views/figure_table.h"

#include <QApplication>
#include <QClipboard>
#include <QHeaderView>
#include <QKeyEvent>
#include <QPainter>

#include <algorithm>
#include <array>
#include <cmath>

namespace sinkscope::ui {
namespace {

constexpr int kRow = 20;
constexpr int kHead = 24;
constexpr int kTextMargin =
    12; ///< left of text columns; right-aligned columns end at their edge, as the bars above
/// px of the widening column below which optional columns go, those that go first and those after them: the
/// latter only where its own head would be cut.
constexpr std::array kLeastRest {80, 70};
constexpr double kFullTint = 0.34; ///< of the accent on the window: ink keeps its contrast

constexpr int kBesideBar = 48; ///< px for the figure: "0.230"

QRect innerRect(const QRect &rect, int alignment)
{
    return alignment & Qt::AlignRight ? rect : rect.adjusted(kTextMargin, 0, 0, 0);
}

/// Heads in small secondary type over one line.
class FigureHeader : public QHeaderView {
public:
    explicit FigureHeader(QWidget *parent)
        : QHeaderView(Qt::Horizontal, parent)
    {
        setSectionsClickable(false);
        setMinimumSectionSize(8);
        setSectionResizeMode(QHeaderView::Fixed);
        setFocusPolicy(Qt::NoFocus);
    }
    void setTheme(const Theme &theme)
    {
        m_theme = theme;
        setFixedHeight(theme.type().scaled(kHead));
        viewport()->update();
    }

protected:
    void paintSection(QPainter *painter, const QRect &rect, int section) const override
    {
        const ThemeColours &colours = m_theme.colours();
        painter->fillRect(rect, colours.window);
        painter->fillRect(QRect(rect.left(), rect.bottom(), rect.width(), 1), colours.line);
        painter->setFont(m_theme.type().axis);
        painter->setPen(colours.secondaryText);
        const QVariant given = model()->headerData(section, Qt::Horizontal, Qt::TextAlignmentRole);
        const int alignment = given.isValid() ? given.toInt() : int(Qt::AlignLeft | Qt::AlignVCenter);
        const QRect inner = innerRect(rect, alignment).adjusted(0, 0, 0, -1);
        QString text = model()->headerData(section, Qt::Horizontal, Qt::DisplayRole).toString();
        if (isSortIndicatorShown() && section == sortIndicatorSection())
            text += sortIndicatorOrder() == Qt::DescendingOrder ? QStringLiteral(" ↓") : QStringLiteral(" ↑");
        painter->drawText(
            inner, alignment, painter->fontMetrics().elidedText(text, Qt::ElideRight, inner.width()));
    }

private:
    Theme m_theme;
};

} // namespace

FigureCellDelegate::FigureCellDelegate(int emphasisRole, QObject *parent)
    : QStyledItemDelegate(parent)
    , m_emphasisRole(emphasisRole)
{
}

void FigureCellDelegate::paint(
    QPainter *painter, const QStyleOptionViewItem &option, const QModelIndex &index) const
{
    const ThemeColours &colours = m_theme.colours();
    const auto *table = qobject_cast<const QAbstractItemView *>(option.widget);
    if (table && option.rect.bottom() >= table->viewport()->height()) {
        return; // no row is cut in two: it comes with scrolling
    }
    const bool isSelected = option.state & QStyle::State_Selected;
    // The tint of every second row keeps clear of the colour of masked cells, which means something.
    const QColor tint = blended(colours.masked, colours.window, 0.6);
    painter->save();
    const QColor ground = isSelected ? colours.selection : index.row() % 2 == 1 ? tint : colours.window;
    painter->fillRect(option.rect, ground);
    if (const QVariant share = m_tintRole < 0 ? QVariant() : index.data(m_tintRole); share.isValid()) {
        const double faded = m_freshness == Freshness::Stale ? kStaleShare : 1.0;
        painter->fillRect(option.rect, tinted(faded * share.toDouble(), ground, colours));
    }
    const auto emphasis = CellEmphasis(index.data(m_emphasisRole).toInt());
    QColor ink = emphasis == CellEmphasis::Normal ? colours.text : colours.secondaryText;
    if (m_freshness == Freshness::Stale) {
        ink = blended(ink, colours.window, kStaleShare);
    }
    painter->setPen(ink);
    painter->setFont(emphasis == CellEmphasis::Small ? m_theme.type().axis : m_theme.type().text);
    const QVariant given = index.data(Qt::TextAlignmentRole);
    const int alignment = given.isValid() ? given.toInt() : int(Qt::AlignLeft | Qt::AlignVCenter);
    const QRect inner = innerRect(option.rect, alignment);
    if (const QVariant bar = m_barRole < 0 ? QVariant() : index.data(m_barRole); bar.isValid()) {
        const int room = inner.width() - m_theme.type().scaled(kBesideBar);
        const int width = std::max(1, int(std::round(room * bar.toDouble())));
        painter->fillRect(QRect(inner.left(), inner.center().y() - 3, width, 7), colours.accent);
    }
    const QString text = painter->fontMetrics().elidedText(
        index.data(Qt::DisplayRole).toString(), Qt::ElideRight, inner.width());
    painter->drawText(inner, alignment, text);
    painter->restore();
}

QColor FigureCellDelegate::tinted(double tint, const QColor &under, const ThemeColours &colours)
{
    const double share = kFullTint * std::clamp(std::abs(tint), 0.0, 1.0);
    return blended(tint < 0.0 ? colours.less : colours.accent, under, share);
}

QSize FigureCellDelegate::sizeHint(const QStyleOptionViewItem &, const QModelIndex &) const
{
    return {m_theme.type().scaled(40), m_theme.type().scaled(kRow)};
}

FigureTable::FigureTable(int emphasisRole, QWidget *parent)
    : QTableView(parent)
    , m_delegate(new FigureCellDelegate(emphasisRole, this))
{
    setObjectName(QStringLiteral("figureTable"));
    setItemDelegate(m_delegate);
    setHorizontalHeader(new FigureHeader(this));
    verticalHeader()->hide();
    verticalHeader()->setSectionResizeMode(QHeaderView::Fixed);
    verticalHeader()->setMinimumSectionSize(8);
    setFrameShape(NoFrame);
    setShowGrid(false);
    setWordWrap(false);
    setCornerButtonEnabled(false);
    setSelectionBehavior(SelectRows);
    setSelectionMode(ExtendedSelection);
    setEditTriggers(NoEditTriggers);
    setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    setTabKeyNavigation(false);
    connect(&m_stale, &StaleDelay::dimmedChanged, this, [this] {
        m_delegate->setFreshness(m_stale.isDimmed() ? Freshness::Stale : Freshness::Fresh);
        viewport()->update();
    });
    setTheme(Theme());
}

void FigureTable::setTheme(const Theme &theme)
{
    m_theme = theme;
    m_delegate->setTheme(theme);
    static_cast<FigureHeader *>(horizontalHeader())->setTheme(theme);
    verticalHeader()->setDefaultSectionSize(theme.type().scaled(kRow));
    QPalette colours = palette();
    colours.setColor(QPalette::Base, theme.colours().window);
    setPalette(colours);
    spreadColumns();
    updateGeometry();
    viewport()->update();
}

void FigureTable::setModel(QAbstractItemModel *model)
{
    QTableView::setModel(model);
    connect(model, &QAbstractItemModel::modelReset, this, &FigureTable::spreadColumns); // other columns
    spreadColumns();
}

int FigureTable::designWidth(int column) const
{
    const QSize hint = model()->headerData(column, Qt::Horizontal, Qt::SizeHintRole).toSize();
    return m_theme.type().scaled(std::max(0, hint.width()));
}

void FigureTable::spreadColumns()
{
    if (!model()) {
        return;
    }
    const auto goesAs = [this](int column) { // 0: never
        return model()->headerData(column, Qt::Horizontal, Qt::UserRole).toInt();
    };
    int rest = viewport()->width();
    for (int column = 0; column < model()->columnCount(); ++column) {
        rest -= designWidth(column);
    }
    int gone = 0;
    while (gone < int(kLeastRest.size()) && rest < m_theme.type().scaled(kLeastRest[std::size_t(gone)])) {
        ++gone;
        for (int column = 0; column < model()->columnCount(); ++column) {
            rest += goesAs(column) == gone ? designWidth(column) : 0;
        }
    }
    for (int column = 0; column < model()->columnCount(); ++column) {
        const bool isHidden = goesAs(column) > 0 && goesAs(column) <= gone;
        setColumnHidden(column, isHidden);
        if (!isHidden) { // a width would show it
            setColumnWidth(column, designWidth(column) > 0 ? designWidth(column) : std::max(8, rest));
        }
    }
}

int FigureTable::heightFor(int rows) const
{
    return m_theme.type().scaled(kHead) + rows * m_theme.type().scaled(kRow);
}

QSize FigureTable::sizeHint() const
{
    return {416, heightFor(8)};
}

QSize FigureTable::minimumSizeHint() const
{
    return {200, heightFor(3)};
}

void FigureTable::resizeEvent(QResizeEvent *event)
{
    QTableView::resizeEvent(event);
    spreadColumns();
}

void FigureTable::keyPressEvent(QKeyEvent *event)
{
    if (event->matches(QKeySequence::Copy)) {
        copySelection();
        event->accept();
        return;
    }
    QTableView::keyPressEvent(event);
}

void FigureTable::copySelection()
{
    QModelIndexList rows = selectionModel() ? selectionModel()->selectedRows() : QModelIndexList();
    std::sort(rows.begin(), rows.end());
    QStringList lines;
    for (const QModelIndex &row : rows) {
        QStringList cells;
        for (int column = 0; column < model()->columnCount(); ++column) {
            cells += row.sibling(row.row(), column).data(Qt::DisplayRole).toString();
        }
        lines += cells.join(QLatin1Char('\t'));
    }
    if (!lines.isEmpty()) {
        QApplication::clipboard()->setText(lines.join(QLatin1Char('\n')));
    }
}

} // namespace sinkscope::ui
