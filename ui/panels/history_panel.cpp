// SPDX-License-Identifier: Apache-2.0
// The tree of steps in its dock.
#include "ui/panels/history_panel.h"

#include "ui/models/roles.h"

#include <QtCore/QScopedValueRollback>
#include <QtWidgets/QHeaderView>
#include <QtWidgets/QStyledItemDelegate>
#include <QtWidgets/QVBoxLayout>

namespace sinkscope::ui {

namespace {

constexpr int kRowHeight = 22; ///< px
constexpr int kIndentation = 14; ///< px: a branch; a narrow dock holds several
constexpr int kLeastRows = 3;

/// The present state in bold, what undo does not come to in the quiet colour.
class StepDelegate : public QStyledItemDelegate {
public:
    using QStyledItemDelegate::QStyledItemDelegate;

    void setTheme(const Theme &theme)
    {
        m_quiet = theme.colours().secondaryText;
        m_height = theme.type().scaled(kRowHeight);
    }

    QSize sizeHint(const QStyleOptionViewItem &option, const QModelIndex &index) const override
    {
        return {QStyledItemDelegate::sizeHint(option, index).width(), m_height};
    }

protected:
    void initStyleOption(QStyleOptionViewItem *option, const QModelIndex &index) const override
    {
        QStyledItemDelegate::initStyleOption(option, index);
        const auto state = static_cast<StepState>(index.data(kStepStateRole).toInt());
        option->font.setBold(state == StepState::Present);
        option->fontMetrics = QFontMetrics(option->font);
        if (state == StepState::Elsewhere
            || (index.column() == HistoryModel::kTime && state == StepState::Done))
            for (const QPalette::ColorRole role : {QPalette::Text, QPalette::HighlightedText})
                option->palette.setColor(role, m_quiet);
    }

private:
    QColor m_quiet;
    int m_height = kRowHeight;
};

} // namespace

HistoryPanel::HistoryPanel(Workbench &bench, QWidget *parent)
    : Panel(parent)
    , m_bench(bench)
    , m_title(new PanelTitle(tr("History"), this))
    , m_tree(new QTreeView(this))
{
    nameControl(m_tree, "historyTree", tr("History"),
        tr("Steps of this session, the newest at the end; a click or Enter goes to a state. Branches, which "
           "begin where a step was made after undo, stand under the state that they leave"));
    m_tree->setModel(&m_model);
    m_tree->setItemDelegate(new StepDelegate(m_tree));
    m_tree->setHeaderHidden(true);
    m_tree->setFrameShape(QFrame::NoFrame);
    m_tree->setUniformRowHeights(true);
    m_tree->setAllColumnsShowFocus(true);
    m_tree->setIndentation(kIndentation);
    m_tree->setEditTriggers(QAbstractItemView::NoEditTriggers);
    m_tree->setExpandsOnDoubleClick(false); // the first click went to the state
    m_tree->viewport()->setAutoFillBackground(false);
    m_tree->header()->setStretchLastSection(false);
    m_tree->header()->setMinimumSectionSize(0);
    m_tree->header()->setSectionResizeMode(HistoryModel::kStep, QHeaderView::Stretch);
    m_tree->header()->setSectionResizeMode(HistoryModel::kTime, QHeaderView::Fixed);
    auto *column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(0);
    column->addWidget(m_title);
    column->addWidget(m_tree, 1);
    connect(m_tree, &QTreeView::clicked, this, &HistoryPanel::goTo);
    connect(m_tree, &QTreeView::activated, this, &HistoryPanel::goTo);
    connect(m_tree, &QTreeView::collapsed, this, [this](const QModelIndex &index) {
        if (!m_isFolding)
            m_folded.insert(m_model.idOf(index));
    });
    connect(m_tree, &QTreeView::expanded, this, [this](const QModelIndex &index) {
        if (!m_isFolding)
            m_folded.erase(m_model.idOf(index));
    });
    connect(&bench.sessions.history(), &SessionHistory::changed, this, &HistoryPanel::take);
    connect(&bench.sessions, &SessionStore::fileChanged, this, [this] { m_folded.clear(); });
}

void HistoryPanel::setTheme(const Theme &theme)
{
    m_title->setTheme(theme);
    static_cast<StepDelegate *>(m_tree->itemDelegate())->setTheme(theme);
    QPalette palette = m_tree->palette();
    palette.setColor(QPalette::Base, theme.colours().window);
    m_tree->setPalette(palette);
    QFont bold = font();
    bold.setBold(true);
    m_tree->setColumnWidth(HistoryModel::kTime,
        QFontMetrics(bold).horizontalAdvance(QStringLiteral("00:00:00")) + theme.type().scaled(16));
    m_tree->setMinimumHeight(kLeastRows * theme.type().scaled(kRowHeight));
    m_tree->doItemsLayout();
}

void HistoryPanel::showEvent(QShowEvent *event)
{
    Panel::showEvent(event);
    take();
}

void HistoryPanel::take()
{
    if (!isVisible())
        return;
    const SessionHistory &history = m_bench.sessions.history();
    m_model.setHistory(history.nodes(), history.current());
    const int steps = m_model.stepCount() - 1; // the first state is none
    const int branches = m_model.branchCount();
    QString remark = steps == 1 ? tr("1 step") : tr("%1 steps").arg(formatCount(std::size_t(steps)));
    if (branches > 0)
        remark +=
            branches == 1 ? tr(", 1 branch") : tr(", %1 branches").arg(formatCount(std::size_t(branches)));
    m_title->setRemark(remark);
    unfold();
    const QModelIndex present = m_model.indexOf(history.current());
    m_tree->setCurrentIndex(present);
    m_tree->scrollTo(present);
}

void HistoryPanel::unfold()
{
    const QScopedValueRollback<bool> folding(m_isFolding, true);
    for (const auto &[id, node] : m_bench.sessions.history().nodes()) {
        const QModelIndex index = m_model.indexOf(id);
        if (m_model.rowCount(index) > 0 && !m_folded.contains(id) && !m_tree->isExpanded(index))
            m_tree->setExpanded(index, true);
    }
}

void HistoryPanel::goTo(const QModelIndex &index)
{
    if (index.isValid())
        m_bench.sessions.goTo(m_model.idOf(index));
}

} // namespace sinkscope::ui
