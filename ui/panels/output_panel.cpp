// SPDX-License-Identifier: Apache-2.0
// What the model says now.
#include "ui/panels/output_panel.h"

#include "core/base/utf8.h"
#include "ui/models/roles.h"
#include "ui/panels/answers_edit.h"
#include "ui/state/answers_line.h"
#include "ui/theme/entropy_unit.h"
#include "ui/theme/number_format.h"

#include <QtWidgets/QHBoxLayout>
#include <QtWidgets/QAction>
#include <QtWidgets/QVBoxLayout>

#include <algorithm>
#include <cmath>
#include <utility>

namespace sinkscope::ui {

namespace {

constexpr int kMargin = 16;
constexpr int kCompactTokens = 2;
constexpr int kTokens = 4; ///< beside three answers with notes; more beside fewer
constexpr int kAnswersGap = 4; ///< px below the line of answers
constexpr int kTableTop = 4;
constexpr int kTableBottom = 0;
constexpr int kFewestTokens = 2;
constexpr int kStillAnswers = 3; ///< that come and go without moving anything
constexpr int kMostAnswers = 6; ///< more scroll
constexpr int kFewestBars = 66; ///< px of two answers with their axis
constexpr int kNoteLine = 18;
constexpr int kFigureLine = 20;

QString shownAnswer(const AnswerScore &answer)
{
    return QString::fromStdString(answer.text).simplified();
}

/// What is amiss with the answers as typed; empty when nothing is.
QString answersNote(const QString &line)
{
    const QStringList parts = line.split(QStringLiteral("||"));
    if (parts.size() > 1 && parts.contains(QString()))
        return OutputPanel::tr("An answer between || is empty: it is left out.");
    for (int index = 0; index < parts.size(); ++index) {
        if (parts.indexOf(parts[index]) < index)
            return OutputPanel::tr("'%1' stands twice: the second one is left out.")
                .arg(visibleText(parts[index]));
    }
    return QString();
}

} // namespace

OutputPanel::OutputPanel(Workbench &bench, QWidget *parent)
    : Panel(parent)
    , m_bench(bench)
    , m_title(new PanelTitle(tr("Output"), this))
    , m_answersLabel(new QLabel(tr("Answers"), this))
    , m_answersLine(new AnswersEdit(this))
    , m_bars(new AnswerBars(this))
    , m_figures(new FigureList(this))
    , m_table(new FigureTable(kEmphasisRole, this))
{
    nameControl(m_answersLine, "answersLine", tr("Answers to score"),
        tr("Answers to score after the prompt, separated by ||; leading spaces count"));
    m_answersLine->setPlaceholderText(tr("·negative||·positive (· is a space)"));
    m_answersNote = new ElidedLabel(this);
    m_answersNote->setObjectName(QStringLiteral("answersNote"));
    m_answersNote->setContentsMargins(kMargin, 0, kMargin, 0);
    m_answersNote->hide();
    m_answersLabel->setBuddy(m_answersLine);
    m_bars->setObjectName(QStringLiteral("answerBars"));
    m_figures->setObjectName(QStringLiteral("outputFigures"));
    m_table->setObjectName(QStringLiteral("nextTokens"));
    addTokenActions();
    m_table->setAccessibleName(tr("Next tokens"));
    m_table->setToolTip(tr("The most likely next tokens and their change against the baseline"));
    m_table->setModel(&m_tokens);
    auto *answers = new QHBoxLayout;
    answers->setContentsMargins(kMargin, 0, kMargin, kAnswersGap);
    answers->setSpacing(8);
    answers->addWidget(m_answersLabel);
    answers->addWidget(m_answersLine, 1);
    auto *column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(0);
    column->addWidget(m_title);
    column->addLayout(answers);
    column->addWidget(m_answersNote);
    column->addWidget(m_bars);
    column->addWidget(m_figures);
    auto *table = new QHBoxLayout;
    table->setContentsMargins(kMargin, kTableTop, kMargin, kTableBottom);
    table->addWidget(m_table);
    column->addLayout(table, 1);
    connect(m_answersLine, &QLineEdit::editingFinished, this, [this] {
        m_answersLine->setModified(false);
        m_wordsTyped = m_answersLine->text();
        m_bench.state.setAnswers(answersFromLine(m_answersLine->text()));
        refreshNote();
    });
    connectState();
    setDensity(Density::Full);
    refreshAsked();
}

/// The table's menu: by right click, or the menu key.
void OutputPanel::addTokenActions()
{
    m_table->setContextMenuPolicy(Qt::ActionsContextMenu);
    const auto add = [this](const char *objectName, const QString &text, auto attribute) {
        auto *action = new QAction(text, m_table);
        action->setObjectName(QLatin1String(objectName));
        m_table->addAction(action);
        connect(action, &QAction::triggered, this, [this, attribute] {
            if (!attribute())
                return;
            m_bench.selection.setMeasure(HeadMeasure::Attribution);
        });
    };
    add("attributeToken", tr("Colour heads by their direct effect on this token's logit"), [this] {
        const QVariant id = m_table->currentIndex().data(kTokenIdRole);
        if (id.isValid())
            m_bench.scores.setAttributed(TokenId(id.toInt()));
        return id.isValid();
    });
    add("attributeMargin", tr("Colour heads by their direct effect on the answers' margin"), [this] {
        m_bench.scores.setAttributed(std::nullopt);
        return true;
    });
}

void OutputPanel::connectState()
{
    AppState &state = m_bench.state;
    connect(&state, &AppState::snapshotsChanged, this, &OutputPanel::refresh);
    connect(&state, &AppState::modelChanged, this, &OutputPanel::refresh);
    connect(&state, &AppState::answersChanged, this, &OutputPanel::refreshAsked);
    connect(&m_bench.selection, &Selection::sideChanged, this, &OutputPanel::refresh);
    connect(&state, &AppState::dragStarted, this, [this] { m_bars->beginDrag(); });
    connect(&state, &AppState::dragEnded, this, [this] { m_bars->endDrag(); });
    connect(
        &state, &AppState::staleChanged, this, [this] { m_title->setActivity(m_bench.state.activity()); });
    connect(&state, &AppState::freshChanged, this, &OutputPanel::refreshStale);
    connect(&state, &AppState::staleChanged, this, &OutputPanel::refreshStale);
    connect(&m_bench.selection, &Selection::sideChanged, this, &OutputPanel::refreshStale);
}

void OutputPanel::setTheme(const Theme &theme)
{
    m_theme = theme;
    m_answersNote->setFont(theme.type().axis);
    m_answersNote->setFixedHeight(theme.type().scaled(kNoteLine));
    refreshNote();
    m_title->setTheme(theme);
    m_bars->setTheme(theme);
    m_figures->setTheme(theme);
    m_table->setTheme(theme);
    m_table->setMinimumHeight(m_table->heightFor(kFewestTokens));
    QPalette quiet = m_answersLabel->palette();
    quiet.setColor(QPalette::WindowText, theme.colours().secondaryText);
    m_answersLabel->setPalette(quiet);
}

void OutputPanel::setDensity(Density density)
{
    m_density = density;
    updateGeometry();
    refresh();
}

int OutputPanel::heightFor(int barsHeight, int tokens) const
{
    const int lines = m_density == Density::Full ? 4 : 3; // entropy, margin, label mass, KL
    return m_title->minimumHeight() + m_answersLine->sizeHint().height() + kAnswersGap + barsHeight
        + lines * m_theme.type().scaled(kFigureLine) + kTableTop + m_table->heightFor(tokens) + kTableBottom;
}

int OutputPanel::usualBars() const
{
    // Three answers, of which two may have notes where room is short.
    return m_density == Density::Compact
        ? std::max(m_bars->heightOf(kStillAnswers, 0), m_bars->heightOf(0, 2))
        : m_bars->heightOf(0, kStillAnswers);
}

int OutputPanel::usualHeight() const
{
    return heightFor(usualBars(), m_density == Density::Compact ? kCompactTokens : kTokens);
}

int OutputPanel::heightWithAnswers() const
{
    // The next tokens scroll.
    const int asked = static_cast<int>(m_bench.state.session().answers.size());
    const int all = asked > kStillAnswers ? m_bars->heightFor(std::min(asked, kMostAnswers)) : 0;
    return heightFor(std::max(usualBars(), all), m_density == Density::Compact ? kCompactTokens : kTokens);
}

QSize OutputPanel::minimumSizeHint() const
{
    const int note = m_theme.type().scaled(kNoteLine);
    const int bars = m_theme.type().scaled(kFewestBars);
    return {Panel::minimumSizeHint().width(), heightFor(bars, kFewestTokens) + note};
}

bool OutputPanel::hasChanges() const
{
    return m_bench.state.edited() != m_bench.state.baseline()
        && !m_bench.state.intervention().changesNothing() && m_bench.selection.side() != Side::Baseline;
}

std::vector<AnswerBar> OutputPanel::bars(const Snapshot &shown) const
{
    std::vector<AnswerBar> bars;
    const std::vector<AnswerScore> &before = m_bench.state.baseline()->output.answers;
    const std::vector<AnswerScore> &now = shown.output.answers;
    for (std::size_t answer = 0; answer < now.size(); ++answer) {
        AnswerBar bar;
        bar.text = visibleToken(now[answer].text);
        bar.p = now[answer].p;
        if (hasChanges() && answer < before.size())
            bar.baselineP = before[answer].p;
        bar.tokenCount = static_cast<int>(now[answer].ids.size());
        bar.tokenisesDifferentlyInContext = now[answer].tokenisesDifferentlyInContext;
        bars.push_back(bar);
    }
    return bars;
}

std::vector<Figure> OutputPanel::figures(const Snapshot &shown) const
{
    const OutputMetrics &now = shown.output;
    const OutputMetrics &before = m_bench.state.baseline()->output;
    const bool isChanged = hasChanges();
    const auto change = [isChanged](std::optional<double> after, std::optional<double> earlier) {
        return isChanged && after && earlier ? std::optional(*after - *earlier) : std::nullopt;
    };
    const auto inUnit = [](std::optional<double> nats) {
        return nats ? std::optional(inEntropyUnit(*nats)) : std::nullopt;
    };
    std::vector<Figure> figures;
    figures.push_back({inEntropyWords(tr("Output entropy, nats")),
        {{inEntropyWords(tr("Entropy, nats"))}, {}}, inEntropyUnit(now.entropyNats),
        change(inEntropyUnit(now.entropyNats), inEntropyUnit(before.entropyNats)), 3,
        tr("Entropy of the next-token distribution over the whole vocabulary")});
    if (now.margin()) {
        const QStringList names {shownAnswer(now.answers[0]), shownAnswer(now.answers[1])};
        const FittedText margin {{inEntropyWords(tr("Margin, %1 over %2, nats")), tr("Margin, %1 over %2"),
                                     tr("Margin, %1/%2"), inEntropyWords(tr("Margin, nats"))},
            names};
        figures.push_back({margin.whole(0), margin, inUnit(now.margin()),
            change(inUnit(now.margin()), inUnit(before.margin())), 3,
            inEntropyWords(tr("Margin, in nats: ln p of '%1' minus ln p of '%2', the first two answers"))
                .arg(names[0], names[1])});
    }
    if (!now.answers.empty())
        figures.push_back({tr("Label mass"), {}, now.answerMass(),
            change(now.answerMass(), before.answerMass()), 3, tr("Sum of the answers' probabilities")});
    if (m_density == Density::Full) // without an edit a dash keeps its place
        figures.push_back(
            {inEntropyWords(tr("KL from baseline, nats")), {{inEntropyWords(tr("KL, nats"))}, {}},
                isChanged ? std::optional(inEntropyUnit(shown.klFromBaselineNats)) : std::nullopt,
                std::nullopt, 3, tr("KL(baseline || edited) of the next-token distribution")});
    return figures;
}

std::vector<NextTokenRow> OutputPanel::tokenRows(const Snapshot &shown) const
{
    std::vector<NextTokenRow> rows;
    const Snapshot &before = *m_bench.state.baseline();
    for (const TokenProbability &token : shown.output.top) {
        NextTokenRow row;
        row.token = token;
        row.token.text = escapeInvalidUtf8(m_bench.state.model()->tokenizer->tokenBytes(token.id));
        if (hasChanges()) {
            row.baselineRank = tokenRank(*before.logProbabilities, token.id);
            row.baselineP = std::exp((*before.logProbabilities)[token.id.asSize()]);
        }
        rows.push_back(row);
    }
    return rows;
}

void OutputPanel::refreshAsked()
{
    if (!m_answersLine->hasFocus() || !m_answersLine->isModified())
        m_answersLine->setText(answersToLine(m_bench.state.session().answers));
    refresh();
}

QString OutputPanel::chatHint() const
{
    // In a chat the reply begins after a line break, so a leading space is seldom the model's own choice.
    const std::shared_ptr<const Snapshot> baseline = m_bench.state.baseline();
    if (!baseline || m_bench.state.session().prompt.form != PromptForm::Chat)
        return QString();
    const auto isTop = [&baseline](const std::string &text) {
        const auto &top = baseline->output.top;
        return std::any_of(
            top.begin(), top.end(), [&text](const TokenProbability &token) { return token.text == text; });
    };
    const std::vector<std::string> &answers = m_bench.state.session().answers;
    if (std::any_of(answers.begin(), answers.end(), isTop))
        return QString();
    const bool isTopWithoutSpace =
        std::any_of(answers.begin(), answers.end(), [&isTop](const std::string &text) {
            return text.size() > 1 && text.front() == ' ' && isTop(text.substr(1));
        });
    return isTopWithoutSpace ? tr("In a chat answers usually start without a space.") : QString();
}

void OutputPanel::refreshNote()
{
    // What was typed last is judged as long as it is what is asked; the session itself has no empty answers.
    const bool isTyped = answersFromLine(m_wordsTyped) == m_bench.state.session().answers;
    const QString line = isTyped ? m_wordsTyped : answersToLine(m_bench.state.session().answers);
    QString note = answersNote(line);
    QPalette ink = m_answersNote->palette();
    ink.setColor(QPalette::WindowText,
        note.isEmpty() ? m_theme.colours().secondaryText
                       : m_theme.colours().warning); // a hint warns of nothing
    m_answersNote->setPalette(ink);
    if (note.isEmpty())
        note = chatHint();
    m_answersNote->setWholeText(note);
    m_answersNote->setVisible(!note.isEmpty());
}

void OutputPanel::refreshStale()
{
    // The views wait 100 ms before they dim: they are told at once.
    const AppState &state = m_bench.state;
    const bool isOld = state.baseline()
        && (state.isOfFormerPrompt() || (!state.isFresh() && m_bench.selection.side() != Side::Baseline));
    const Freshness freshness = isOld ? Freshness::Stale : Freshness::Fresh;
    m_bars->setFreshness(freshness);
    m_figures->setFreshness(freshness);
    m_table->setFreshness(freshness);
}

void OutputPanel::refresh()
{
    refreshNote();
    const std::shared_ptr<const Snapshot> baseline = m_bench.state.baseline();
    const std::shared_ptr<const Snapshot> shown =
        m_bench.selection.side() == Side::Baseline ? baseline : m_bench.state.edited();
    if (!baseline || !shown) {
        m_title->setRemark(QString());
        m_bars->setAnswers({});
        m_figures->setFigures({});
        m_tokens.setRows({});
        return;
    }
    const TokenizedPrompt &prompt = *baseline->prompt;
    m_title->setRemark(tr("after the last token, '%1' (position %2)")
                           .arg(visibleToken(escapeInvalidUtf8(prompt.bytes.back())))
                           .arg(prompt.ids.size() - 1));
    m_bars->setAnswers(bars(*shown));
    std::vector<std::string> answers;
    for (const AnswerScore &answer : shown->output.answers)
        answers.push_back(answer.text);
    if (std::exchange(m_shownAnswers, answers) != answers)
        Q_EMIT answersShown();
    m_figures->setFigures(figures(*shown));
    m_tokens.setRows(tokenRows(*shown));
}

} // namespace sinkscope::ui
