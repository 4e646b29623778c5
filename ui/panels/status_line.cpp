// SPDX-License-Identifier: Apache-2.0
// The status bar.
#include "ui/panels/status_line.h"

#include "ui/theme/number_format.h"
#include "ui/theme/tool_tip.h"

#include <QtCore/QFileInfo>
#include <QtWidgets/QLayout>
#include <QtWidgets/QToolButton>

#include <cmath>

namespace sinkscope::ui {

namespace {
constexpr int kSideMargin = 8;
} // namespace

StatusLine::StatusLine(Workbench &bench, QWidget *parent)
    : QStatusBar(parent)
    , m_bench(bench)
    , m_selection(new ElidedLabel(this))
    , m_tokens(new QLabel(this))
    , m_grid(new QLabel(this))
    , m_precision(new QLabel(this))
    , m_pass(new QLabel(this))
    , m_progress(new QLabel(this))
    , m_cancel(new QToolButton(this))
    , m_trust(new QToolButton(this))
{
    setSizeGripEnabled(false);
    setContentsMargins(kSideMargin, 0, kSideMargin, 0);
    m_selection->setObjectName(QStringLiteral("statusSelection"));
    m_selection->setContentsMargins(0, 0, 10, 0);
    addWidget(m_selection, 1);
    addPermanentWidget(m_progress);
    addPermanentWidget(m_cancel);
    const char *names[] = {"statusTokens", "statusGrid", "statusPrecision", "statusPass"};
    int index = 0;
    for (QLabel *label : {m_tokens, m_grid, m_precision, m_pass}) {
        label->setObjectName(QLatin1String(names[index++]));
        label->setContentsMargins(10, 0, 10, 0);
        addPermanentWidget(label);
    }
    addPermanentWidget(m_trust);
    m_trust->setAutoRaise(true);
    m_trust->setFocusPolicy(Qt::TabFocus);
    m_trust->setObjectName(QStringLiteral("trustMark"));
    connect(m_trust, &QToolButton::clicked, this, &StatusLine::trustReportRequested);
    connect(&bench.trust, &TrustReport::changed, this, &StatusLine::refreshTrust);
    m_clock.start();
    m_progress->setObjectName(QStringLiteral("statusProgress"));
    m_progress->setContentsMargins(10, 0, 6, 0);
    m_cancel->setText(tr("Cancel"));
    m_cancel->setFocusPolicy(Qt::TabFocus);
    nameControl(m_cancel, "cancelPassButton", tr("Cancel the computation"),
        tr("End the computation and return to what was computed last (Esc)"));
    connect(m_cancel, &QToolButton::clicked, &bench.state, &AppState::cancelPass);
    connect(&bench.state, &AppState::progressChanged, this, &StatusLine::refreshProgress);
    connect(&bench.state, &AppState::pendingPromptChanged, this, &StatusLine::refreshProgress);
    connect(&bench.state, &AppState::staleChanged, this, &StatusLine::refresh);
    connect(&bench.engine, &EngineController::loadStarted, this, [this](const QString &path) {
        m_loading = QFileInfo(path).fileName();
        refresh();
    });
    const auto endLoading = [this] {
        m_loading.clear();
        refresh();
    };
    connect(&bench.engine, &EngineController::modelLoaded, this, endLoading);
    connect(&bench.engine, &EngineController::loadFailed, this, endLoading);
    connect(&bench.engine, &EngineController::loadCancelled, this, endLoading);
    connect(&bench.state, &AppState::snapshotsChanged, this, &StatusLine::refresh);
    connect(&bench.state, &AppState::modelChanged, this, &StatusLine::refresh);
    connect(&bench.selection, &Selection::headChanged, this, &StatusLine::refresh);
    refresh();
}

void StatusLine::setTheme(const Theme &theme)
{
    for (QLabel *label :
        std::initializer_list<QLabel *> {m_selection, m_tokens, m_grid, m_precision, m_pass, m_progress})
        label->setFont(theme.type().status);
    for (QToolButton *button : {m_cancel, m_trust}) {
        button->setFont(theme.type().status);
        button->setFixedHeight(theme.type().scaled(20));
    }
    m_colours = theme.colours();
    QPalette quiet = m_selection->palette();
    quiet.setColor(QPalette::WindowText, theme.colours().secondaryText);
    m_selection->setPalette(quiet);
    refresh();
}

void StatusLine::setDensity(Density density)
{
    m_density = density;
    refresh();
}

void StatusLine::setCellText(const QString &text)
{
    m_cellText = text;
    refresh();
}

void StatusLine::refresh()
{
    refreshProgress();
    refreshTrust();
    const std::shared_ptr<const Model> model = m_bench.state.model();
    if (!model || !m_loading.isEmpty())
        m_selection->setWholeText(
            m_loading.isEmpty() ? tr("No model is open") : tr("loading %1").arg(m_loading));
    if (!model) {
        makeRoom();
        return;
    }
    const HeadRef head = m_bench.selection.head();
    if (m_loading.isEmpty())
        m_selection->setWholeText(!m_cellText.isEmpty()
                ? m_cellText
                : tr("Layer %1 head %2 (KV %3): click a cell to pin it, Esc releases")
                      .arg(head.layer.value)
                      .arg(head.head.value)
                      .arg(model->config.kvHeadOf(head.head).value));
    m_grid->setText(tr("%1 layers × %2 heads").arg(model->config.layerCount).arg(model->config.headCount));
    const std::shared_ptr<const Snapshot> edited = m_bench.state.edited();
    const PrecisionNote precision = precisionNote(edited.get());
    m_precision->setText(precision.text);
    m_precision->setToolTip(precision.toolTip);
    if (edited)
        refreshPass(*edited);
    makeRoom();
}

void StatusLine::resizeEvent(QResizeEvent *event)
{
    QStatusBar::resizeEvent(event);
    makeRoom();
}

bool StatusLine::isWanted(const QLabel *label) const
{
    if (!m_bench.state.model())
        return false;
    if (label == m_grid)
        return m_density == Density::Full;
    return label == m_precision || m_bench.state.edited();
}

void StatusLine::makeRoom()
{
    // For a sentence of the usual length, whatever is pointed at: the labels do not come and go with the
    // mouse.
    const QString sentence = tr("query 31 '·sentence' reads key 15 '·sentence': weight 0.01845, 1.85 %, "
                                "baseline 0.04651, rank 12 of 32, row: attention to key 0 0.9050, "
                                "entropy 0.582 nats");
    const int gap = layout() ? layout()->spacing() : 0;
    int needed = m_selection->fontMetrics().horizontalAdvance(sentence) + 2 * kSideMargin + gap;
    for (const QWidget *part : std::initializer_list<const QWidget *> {m_progress, m_cancel, m_trust})
        needed += part->isHidden() ? 0 : part->sizeHint().width() + gap;
    QStringList gone;
    for (QLabel *label : {m_pass, m_tokens, m_precision, m_grid}) { // the first goes last
        needed += isWanted(label) ? label->sizeHint().width() + gap : 0;
        const bool fits = label == m_pass || needed <= width();
        label->setVisible(isWanted(label) && fits);
        if (isWanted(label) && !fits)
            gone << label->text();
    }
    QStringList lines {m_passToolTip};
    if (!gone.isEmpty())
        lines << gone.join(QStringLiteral(", "));
    m_pass->setToolTip(inShortLines(lines.join(QLatin1Char('\n'))));
}

PrecisionNote precisionNote(const Snapshot *edited)
{
    PrecisionNote note {StatusLine::tr("fp32"), StatusLine::tr("Weights and sums are 32-bit floating point")};
    if (edited && edited->precision != GemmPrecision::Exact) {
        const auto name = gemmPrecisionName(edited->precision);
        note.text = StatusLine::tr("bf16 %1").arg(QLatin1String(name.data(), static_cast<int>(name.size())));
        note.toolTip =
            StatusLine::tr("While a slider moves, products take two bf16 terms of each value (right "
                           "to some 2^-17). When it rests, the pass is computed again as exactly as "
                           "fp32");
    } else if (edited && edited->patternsInHalf) {
        note.text = StatusLine::tr("fp32, patterns fp16");
        note.toolTip += StatusLine::tr(
            ".\nAttention patterns of this prompt are kept in half precision (3 digits), to fit the memory "
            "set "
            "aside for them.\nKey 0, entropies and the last row are fp32; exports compute patterns in fp32");
    } else if (edited && edited->patternsLeftOut) {
        note.text = StatusLine::tr("fp32, patterns of one layer");
        note.toolTip += StatusLine::tr(".\nThe memory set aside for attention patterns holds those of the "
                                       "layer on screen; another layer's "
                                       "are computed when it is selected");
    }
    return note;
}

void StatusLine::refreshPass(const Snapshot &edited)
{
    QPalette palette = m_grid->palette();
    palette.setColor(QPalette::WindowText, m_bench.state.isStale() ? m_colours.dimmedText : m_colours.text);
    m_tokens->setPalette(palette);
    if (!m_bench.state.isStale())
        palette.setColor(QPalette::WindowText, m_colours.secondaryText);
    m_pass->setPalette(palette);
    const std::size_t tokens = edited.prompt->ids.size();
    m_tokens->setText(tokens == 1 ? tr("1 token") : tr("%1 tokens").arg(formatCount(tokens)));
    const int first = edited.pass->firstComputedLayer.value;
    const int last = m_bench.state.grid().layerCount - 1;
    if (m_bench.state.isReusedPass() || first > last) {
        m_pass->setText(tr("result kept from before"));
        m_passToolTip = tr("The same prompt and factors were computed before: nothing had to be computed");
        return;
    }
    const QString time = formatMilliseconds(edited.elapsedMs);
    if (first == 0) {
        m_pass->setText(tr("whole pass, %1").arg(time));
        m_passToolTip = tr("All layers were computed for what is shown");
        return;
    }
    m_pass->setText(first == last ? tr("layer %1, %2").arg(last).arg(time)
                                  : tr("layers %1 to %2, %3").arg(first).arg(last).arg(time));
    m_passToolTip = tr("Only these layers were computed: those before do not depend on what was changed");
}

QString StatusLine::progressText()
{
    const AppState &state = m_bench.state;
    if (state.isCancelled())
        return tr("cancelled");
    const std::optional<double> progress = state.progress();
    if (!progress) {
        m_timeLeft.reset();
        return QString();
    }
    const int percent = static_cast<int>(std::floor(*progress * 100.0));
    const std::shared_ptr<const TokenizedPrompt> prompt = state.pendingPrompt() ? state.pendingPrompt()
        : state.baseline() && !state.isOfFormerPrompt()                         ? state.baseline()->prompt
                                                                                : nullptr;
    if (!prompt)
        return tr("computing");
    const QString left = m_timeLeft.text(*progress, static_cast<double>(m_clock.elapsed()) / 1000.0);
    const QString share = tr("computing %1 tokens, %2 %").arg(formatCount(prompt->ids.size())).arg(percent);
    return left.isEmpty() ? share : tr("%1, %2").arg(share, left);
}

void StatusLine::refreshProgress()
{
    const QString text = progressText();
    m_progress->setText(text);
    m_progress->setVisible(!text.isEmpty());
    m_cancel->setVisible(m_bench.state.progress().has_value());
    makeRoom();
}

void StatusLine::refreshTrust()
{
    const TrustReport &trust = m_bench.trust;
    m_trust->setVisible(m_bench.state.model() != nullptr);
    QColor colour = m_colours.secondaryText;
    if (trust.status() == TrustReport::Status::Verified)
        colour = m_colours.success;
    else if (trust.status() == TrustReport::Status::Failed)
        colour = m_colours.error;
    QPalette palette = m_trust->palette();
    for (const QPalette::ColorRole role : {QPalette::ButtonText, QPalette::WindowText, QPalette::Text})
        palette.setColor(role, colour);
    m_trust->setPalette(palette);
    m_trust->setText(trust.statusText());
    nameControl(m_trust, "trustMark", tr("Trust report: %1").arg(trust.statusText()),
        tr("Whether the figures of this model were checked on this computer; opens the trust report"));
}

} // namespace sinkscope::ui
