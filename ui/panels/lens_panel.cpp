// SPDX-License-Identifier: Apache-2.0
// The logit lens.
#include "ui/panels/lens_panel.h"

#include "ui/models/roles.h"
#include "ui/panels/output_figures.h"
#include "ui/theme/number_format.h"
#include "ui/theme/tool_tip.h"

#include <QtWidgets/QHBoxLayout>
#include <QtWidgets/QVBoxLayout>

namespace sinkscope::ui {

namespace {

constexpr int kMargin = 16;
constexpr int kLeastWidth = 296; ///< px at text scale 1
constexpr int kFewestRows = 4;

LensRow shownRow(LensRow row, const Model &model)
{
    row.top.resize(1);
    row.top.front().text = shownPiece(model, row.top.front().id);
    return row;
}

} // namespace

LensPanel::LensPanel(Workbench &bench, QWidget *parent)
    : Panel(parent)
    , m_bench(bench)
    , m_title(new PanelTitle(tr("Logit lens"), this))
    , m_table(new FigureTable(kEmphasisRole, this))
{
    m_title->setToolTip(inShortLines(tr(
        "What am I looking at? The residual stream x before each layer at the position that the output "
        "panel shows, put through the model's final norm and output head as if it were done: "
        "p = softmax(W_U norm(x)). The last row is the output itself. Layers before it were not trained to "
        "be read so: a hint at when a prediction takes shape, no more. Source: nostalgebraist, "
        "interpreting GPT: the logit lens, 2020.")));
    m_table->setTintRole(kTintRole);
    m_table->setModel(&m_model);
    m_table->setSelectionMode(QAbstractItemView::SingleSelection);
    nameControl(m_table, "lensTable", tr("Logit lens, layer by layer"),
        tr("The token each layer would predict, its probability, and the probabilities of the answers' first "
           "tokens"));
    auto *column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(0);
    column->addWidget(m_title);
    auto *table = new QHBoxLayout;
    table->setContentsMargins(kMargin, 0, kMargin, 0);
    table->addWidget(m_table);
    column->addLayout(table, 1);
    connect(&bench.position, &PositionFeed::changed, this, &LensPanel::refresh);
    connect(&bench.selection, &Selection::sideChanged, this, &LensPanel::refresh);
    connect(&bench.state, &AppState::freshChanged, this, &LensPanel::refreshStale);
    connect(&bench.state, &AppState::staleChanged, this, &LensPanel::refreshStale);
}

void LensPanel::setTheme(const Theme &theme)
{
    m_title->setTheme(theme);
    m_table->setTheme(theme);
    m_table->setMinimumHeight(m_table->heightFor(kFewestRows));
    m_table->setMinimumWidth(theme.type().scaled(kLeastWidth) - 2 * kMargin);
    refresh(); // entropies may be in another unit
}

QSize LensPanel::minimumSizeHint() const
{
    return {
        m_table->minimumWidth() + 2 * kMargin, m_title->minimumHeight() + m_table->heightFor(kFewestRows)};
}

void LensPanel::showEvent(QShowEvent *event)
{
    Panel::showEvent(event);
    m_bench.position.setLensNeed(PositionFeed::LensNeed::Wanted);
    refresh();
}

void LensPanel::hideEvent(QHideEvent *event)
{
    Panel::hideEvent(event);
    m_bench.position.setLensNeed(PositionFeed::LensNeed::None);
}

LensTableData LensPanel::tableOf(const PositionAnswer &answer) const
{
    const Model &model = *m_bench.state.model();
    const bool isChanged = showsChanges(m_bench);
    LensTableData table;
    table.cells = m_bench.selection.side() == Side::Difference ? LensCells::Changes : LensCells::Values;
    const PositionFigures &shown = isChanged ? answer.edited : answer.baseline;
    for (std::size_t row = 0; row < shown.rows.size(); ++row) {
        LensTableRow place {shownRow(shown.rows[row], model), std::nullopt};
        if (isChanged)
            place.baseline = shownRow(answer.baseline.rows[row], model);
        table.rows.push_back(std::move(place));
    }
    for (std::size_t token = 0; token < answer.followed.size(); ++token)
        table.followed.push_back(
            {visibleToken(shownPiece(model, answer.followed[token])), token < answer.firstAnswer()});
    return table;
}

void LensPanel::refresh()
{
    if (!isVisible())
        return;
    const std::shared_ptr<const PositionAnswer> answer = m_bench.position.answerOrNull(LensLayers::All);
    m_title->setRemark(
        answer || !m_bench.state.baseline() ? positionInWords(m_bench) : m_bench.position.missingReason());
    m_model.setTable(answer ? tableOf(*answer) : LensTableData());
    refreshStale();
}

void LensPanel::refreshStale()
{
    const bool isOld = m_bench.selection.side() != Side::Baseline && m_bench.position.isOld();
    m_table->setFreshness(isOld || m_bench.state.isOfFormerPrompt() ? Freshness::Stale : Freshness::Fresh);
}

} // namespace sinkscope::ui
