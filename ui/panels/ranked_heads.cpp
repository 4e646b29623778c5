// SPDX-License-Identifier: Apache-2.0
// All heads in the order of a measure.
#include "ui/panels/ranked_heads.h"

#include "ui/models/roles.h"
#include "ui/panels/panel.h"
#include "ui/theme/number_format.h"

#include <QtCore/QScopedValueRollback>
#include <QtWidgets/QHeaderView>
#include <QtWidgets/QScrollBar>
#include <QtWidgets/QVBoxLayout>

#include <cmath>

namespace sinkscope::ui {

namespace {

constexpr int kWidth = 180; ///< px at text scale 1
constexpr int kRightMargin = 8;

QString valueText(const HeatmapData &map, double value)
{
    if (std::isnan(value))
        return QStringLiteral("—");
    const int decimals = map.unit.isEmpty() ? 4 : 3;
    switch (map.scale) {
    case HeatmapScale::Factor:
        return formatFactor(value);
    case HeatmapScale::Diverging:
        return formatChange(value, decimals);
    case HeatmapScale::SinkRamp:
    case HeatmapScale::Sequential:
        break;
    }
    return formatFigure(value, decimals);
}

double strengthOf(const HeatmapData &map, double value)
{
    if (map.scale == HeatmapScale::Factor) // how far from 1, either way
        return std::abs(std::log(value));
    return map.scale == HeatmapScale::Diverging ? std::abs(value) : value;
}

} // namespace

std::vector<HeadRankEntry> rankEntries(const HeatmapData &map)
{
    std::vector<HeadRankEntry> entries;
    if (!map.hasValues())
        return entries;
    entries.reserve(std::size_t(map.cellCount()));
    for (int layer = 0; layer < map.layers; ++layer) {
        for (int head = 0; head < map.heads; ++head) {
            const auto value = double(map.values[map.at({layer, head})]);
            entries.push_back({layer, head, value, valueText(map, value), strengthOf(map, value)});
        }
    }
    return entries;
}

RankedHeads::RankedHeads(Workbench &bench, QWidget *parent)
    : QWidget(parent)
    , m_bench(bench)
    , m_title(new QLabel(this))
    , m_reason(new QLabel(this))
    , m_table(new FigureTable(kEmphasisRole, this))
{
    m_title->setObjectName(QStringLiteral("rankedHeadsTitle"));
    m_title->setTextFormat(Qt::PlainText);
    m_title->setWordWrap(true);
    m_reason->setObjectName(QStringLiteral("rankedHeadsReason"));
    m_reason->setTextFormat(Qt::PlainText);
    m_reason->setWordWrap(true);
    m_reason->hide();
    m_table->setModel(&m_model);
    nameControl(m_table, "rankedHeads", tr("Heads in the order of the measure"),
        tr("Click a head, or move by the arrow keys, to select it; click a heading to sort by it"));
    m_table->setSelectionMode(QAbstractItemView::SingleSelection);
    m_table->horizontalHeader()->setSectionsClickable(true);
    m_table->horizontalHeader()->setSortIndicator(HeadRankModel::kValue, Qt::DescendingOrder);
    m_table->setSortingEnabled(true);
    auto *column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, kRightMargin, 8);
    column->setSpacing(4);
    column->addWidget(m_title);
    column->addWidget(m_reason);
    column->addWidget(m_table, 1);
    connect(m_table->selectionModel(), &QItemSelectionModel::currentRowChanged, this, &RankedHeads::takeRow);
    connect(m_table, &QAbstractItemView::clicked, this, &RankedHeads::takeRow); // also the current one
    connect(&bench.selection, &Selection::headsChanged, this, [this] { markSelected(Scroll::ToHead); });
    connect(m_table->horizontalHeader(), &QHeaderView::sortIndicatorChanged, this,
        [this] { markSelected(Scroll::Never); });
}

void RankedHeads::setTheme(const Theme &theme)
{
    setFixedWidth(theme.type().scaled(kWidth));
    m_title->setFont(theme.type().axis);
    m_reason->setFont(theme.type().text);
    m_table->setTheme(theme);
}

void RankedHeads::show(const HeatmapData &map)
{
    m_title->setText(tr("by %1").arg(map.title));
    m_reason->setText(map.missingReason);
    m_reason->setVisible(!map.hasValues() && !map.missingReason.isEmpty());
    const QScopedValueRollback marking(m_isMarking, true);
    m_model.setEntries(rankEntries(map), map.unit.isEmpty() ? tr("value") : map.unit,
        m_bench.state.isDragging() ? HeadRankModel::Rows::AsTheyStand : HeadRankModel::Rows::Sorted);
    m_table->setFreshness(map.firstStaleLayer == 0 ? Freshness::Stale : Freshness::Fresh);
    markSelected(Scroll::Never);
}

void RankedHeads::takeRow(const QModelIndex &index)
{
    if (m_isMarking || !index.isValid())
        return;
    const HeadRankEntry &entry = m_model.entry(index.row());
    m_bench.selection.setScope(FactorScope::Head);
    m_bench.selection.setHead({LayerIndex(entry.layer), HeadIndex(entry.head)});
}

void RankedHeads::markSelected(Scroll scroll)
{
    const QScopedValueRollback marking(m_isMarking, true);
    const HeadRef head = m_bench.selection.head();
    const int row = m_model.rowOf(head.layer.value, head.head.value);
    const int top = m_table->verticalScrollBar()->value();
    if (row >= 0)
        m_table->setCurrentIndex(m_model.index(row, HeadRankModel::kHead)); // scrolls to it
    if (scroll == Scroll::Never) // the ranks that are read stay in sight
        m_table->verticalScrollBar()->setValue(top);
}

} // namespace sinkscope::ui
