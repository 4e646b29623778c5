// SPDX-License-Identifier: Apache-2.0
// What the model says now.
#include "ui/panels/output_panel.h"

#include "ui/models/roles.h"
#include "ui/panels/answers_edit.h"
#include "ui/panels/output_figures.h"
#include "ui/state/answers_line.h"
#include "ui/theme/number_format.h"

#include <QtWidgets/QHBoxLayout>
#include <QtWidgets/QAction>
#include <QtWidgets/QVBoxLayout>

#include <algorithm>
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
    , m_position(new SegmentRow(
          {{"outputLast", tr("Last"), tr("What the model predicts after the last token of the prompt")},
              {"outputRow", tr("Row"), QString()}},
          this))
    , m_answersLabel(new QLabel(tr("Answers"), this))
    , m_answersLine(new AnswersEdit(this))
    , m_bars(new AnswerBars(this))
    , m_figures(new FigureList(this))
    , m_table(new FigureTable(kEmphasisRole, this))
{
    m_title->addControl(m_position);
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
    refreshPosition();
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
    connect(&m_bench.position, &PositionFeed::changed, this, &OutputPanel::refreshPosition);
    connect(m_position, &SegmentRow::chosen, this, [this](int index) {
        m_bench.selection.setOutputRow(index == 0 ? OutputRow::Last : OutputRow::Pinned);
    });
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
    const int asked = static_cast<int>(m_bench.state.session().answers.size());
    const int bars =
        std::max(usualBars(), m_bars->heightFor(std::min(asked, kStillAnswers))); // with their notes
    return heightFor(bars, m_density == Density::Compact ? kCompactTokens : kTokens);
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
    if (note.isEmpty() && !m_bench.position.isLast())
        note = tr("Answers are of the last token; bar: the prompt's next.");
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
        && (state.isOfFormerPrompt()
            || (m_bench.selection.side() != Side::Baseline
                && (m_bench.position.isLast() ? !state.isFresh() : m_bench.position.isOld())));
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
    m_title->setRemark(positionInWords(m_bench));
    const bool isLast = m_bench.position.isLast();
    const OutputFigures output = isLast ? lastOutput(m_bench, m_density) : outputAtPosition(m_bench);
    // Rather fewer tokens than an answer out of sight.
    m_table->setMinimumHeight(m_table->heightFor(output.bars.size() == kStillAnswers ? 1 : kFewestTokens));
    m_bars->setAnswers(output.bars);
    m_bars->setAccessibleName(isLast ? tr("Answers") : tr("The prompt's next token"));
    std::vector<std::string> answers;
    for (const AnswerScore &answer : shown->output.answers)
        answers.push_back(answer.text);
    if (std::exchange(m_shownAnswers, answers) != answers)
        Q_EMIT answersShown();
    m_figures->setFigures(output.figures);
    m_tokens.setRows(output.tokens);
}

void OutputPanel::refreshPosition()
{
    const std::optional<TokenPos> row = m_bench.position.pinnedRow();
    m_position->setTexts(
        1, row ? tr("Row %1").arg(row->value) : tr("Row"), row ? QString::number(row->value) : tr("Row"));
    if (row)
        m_position->enableSegment(1, tr("What the model predicts after the pinned row's token"));
    else
        m_position->disableSegment(1,
            tr("Pin another row than the last, in the map or by a click on a token of the prompt, to see "
               "what "
               "the model predicts after it"));
    m_position->setCurrent(m_bench.position.isLast() ? 0 : 1);
    // The last position's figures come with the snapshots.
    if (!std::exchange(m_showsLast, m_bench.position.isLast()) || !m_showsLast) {
        refresh();
        refreshStale();
    }
}

} // namespace sinkscope::ui
