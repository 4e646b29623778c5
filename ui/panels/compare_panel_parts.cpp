// SPDX-License-Identifier: Apache-2.0
// The parts of the comparison and how they share the room.
#include "ui/panels/compare_panel.h"

#include "ui/models/roles.h"

#include <QtWidgets/QHBoxLayout>
#include <QtWidgets/QHeaderView>
#include <QtWidgets/QStackedWidget>
#include <QtWidgets/QVBoxLayout>

namespace sinkscope::ui {

namespace {

constexpr int kMargin = 16;
constexpr int kTableGap = 24;
constexpr int kThreeTables = 860; ///< px at text scale 1 from which on all tables stand beside each other
constexpr int kLeastMap = 160; ///< px

using ColumnSide = FigureColumn::Side;

std::vector<FigureColumn> sideColumns(const QString &first)
{
    return {{first, 0, ColumnSide::Left, {}}, {ComparePanel::tr("A"), 60, ColumnSide::Right, {}},
        {ComparePanel::tr("B"), 60, ColumnSide::Right, {}},
        {ComparePanel::tr("B − A"), 66, ColumnSide::Right, {}}};
}

std::vector<FigureColumn> headColumns()
{
    return {{ComparePanel::tr("head"), 74, ColumnSide::Left, ComparePanel::tr("▲ factor above 1, ▼ below 1")},
        {ComparePanel::tr("moved weight"), 0, ColumnSide::Right,
            ComparePanel::tr("Half the sum of absolute differences of the last row: the weight that moved")},
        {ComparePanel::tr("Δ key 0"), 56, ColumnSide::Right,
            ComparePanel::tr("Change of the last row's attention to key 0")},
        {ComparePanel::tr("Δ entropy"), 66, ColumnSide::Right,
            ComparePanel::tr("Change of the last row's entropy")}};
}

} // namespace

void ComparePanel::makeMaps()
{
    const char *names[] = {"compareMapA", "compareMapB", "compareMapDifference", "compareMapBlink"};
    auto *side = new QWidget(m_stack);
    m_stack->addWidget(side); // first: three maps; then the one that blinks
    auto *row = new QHBoxLayout(side);
    row->setContentsMargins(0, 0, 0, 0);
    row->setSpacing(0);
    for (int map = 0; map < kMapCount; ++map) {
        auto *pane = new QWidget(map == kBlinking ? static_cast<QWidget *>(m_stack) : side);
        m_panes[std::size_t(map)] = pane;
        m_titles[std::size_t(map)] = new PanelTitle(QString(), pane);
        m_maps[std::size_t(map)] = new HeadMapView(pane);
        m_maps[std::size_t(map)]->setMinimumSize(kLeastMap, kLeastMap); // three of them in a small window
        m_maps[std::size_t(map)]->installEventFilter(this);
        m_maps[std::size_t(map)]->setObjectName(QLatin1String(names[map]));
        auto *column = new QVBoxLayout(pane);
        column->setContentsMargins(0, 0, 0, 0);
        column->setSpacing(0);
        column->addWidget(m_titles[std::size_t(map)]);
        column->addWidget(m_maps[std::size_t(map)], 1);
        if (map == kBlinking)
            m_stack->addWidget(pane);
        else
            row->addWidget(pane, 1);
    }
}

FigureTable *ComparePanel::makeTable(const char *objectName, const QString &name, FigureRowsModel &model)
{
    auto *table = new FigureTable(kEmphasisRole, this);
    table->setModel(&model);
    table->setObjectName(QLatin1String(objectName));
    table->setAccessibleName(name);
    table->setSelectionMode(QAbstractItemView::SingleSelection);
    return table;
}

QWidget *ComparePanel::makeTables()
{
    m_tokens.setColumns(sideColumns(tr("next token")));
    m_measures.setColumns(sideColumns(tr("figure")));
    m_heads.setColumns(headColumns());
    m_tokenTable = makeTable("compareTokens", tr("Next tokens of A and B"), m_tokens);
    m_measureTable = makeTable("compareMeasures", tr("Figures of A and B"), m_measures);
    m_headTable = makeTable("compareHeads", tr("Heads that changed most"), m_heads);
    m_headTable->setBarRole(kBarRole);
    m_headTable->setToolTip(tr("Click a head to see it on both sides; click a heading to sort by it"));
    m_headTable->horizontalHeader()->setSectionsClickable(true);
    m_headTable->horizontalHeader()->setSortIndicator(1, Qt::DescendingOrder);
    m_headTable->setSortingEnabled(true);
    connect(m_headTable, &QAbstractItemView::clicked, this, &ComparePanel::takeHead);
    connect(m_headTable->selectionModel(), &QItemSelectionModel::currentRowChanged, this,
        [this](const QModelIndex &index) {
            if (m_headTable->hasFocus()) // not while the rows are filled
                takeHead(index);
        });
    auto *tables = new QWidget(this);
    auto *row = new QHBoxLayout(tables);
    row->setContentsMargins(kMargin, 0, kMargin, 8);
    row->setSpacing(kTableGap);
    const std::pair<QString, FigureTable *> parts[] = {{tr("Next token"), m_tokenTable},
        {tr("Figures"), m_measureTable}, {tr("Heads that changed most"), m_headTable}};
    for (const auto &[title, table] : parts) {
        auto *part = new QWidget(tables);
        auto *column = new QVBoxLayout(part);
        column->setContentsMargins(0, 0, 0, 0);
        column->setSpacing(0);
        m_tableTitles.push_back(new PanelTitle(title, part));
        column->addWidget(m_tableTitles.back());
        table->setParent(part);
        column->addWidget(table, 1);
        row->addWidget(part, 1);
        m_tableParts.push_back(part);
    }
    m_which = new SegmentRow({{"compareShowTokens", tr("Next token"), tr("Probabilities of the next token")},
                                 {"compareShowFigures", tr("Figures"), tr("Figures of output and head")}},
        tables);
    m_which->setCurrent(0);
    connect(m_which, &SegmentRow::chosen, this, &ComparePanel::shareRoom);
    tables->setObjectName(QStringLiteral("compareTables"));
    return tables;
}

/// In a small window the difference takes the place of B, and next tokens and figures take turns.
void ComparePanel::shareRoom()
{
    const bool isNarrow = width() < qRound(kThreeTables * m_textScale);
    const bool isDifference = m_bench.selection.side() == Side::Difference;
    m_panes[kSecond]->setVisible(!isNarrow || !isDifference);
    m_panes[kDifference]->setVisible(!isNarrow || isDifference);
    const bool showsTokens = !isNarrow || m_which->current() == 0;
    const bool showsFigures = !isNarrow || m_which->current() == 1;
    m_tableParts[0]->setVisible(showsTokens);
    m_tableParts[1]->setVisible(showsFigures);
    m_tableTitles[0]->setTitle(isNarrow ? QString() : tr("Next token"));
    m_tableTitles[1]->setTitle(isNarrow ? QString() : tr("Figures"));
    m_which->setVisible(isNarrow);
    PanelTitle *title = m_tableTitles[showsTokens ? 0 : 1];
    if (isNarrow && m_which->parentWidget() != title)
        title->addControl(m_which);
}

void ComparePanel::resizeEvent(QResizeEvent *event)
{
    Panel::resizeEvent(event);
    shareRoom();
}

} // namespace sinkscope::ui
