// SPDX-License-Identifier: Apache-2.0
// Implements the panel of generated texts.
#include "ui/panels/generation_panel.h"

#include "core/tokenizer/chat_turns.h"
#include "ui/theme/tool_tip.h"

#include <QtWidgets/QHBoxLayout>
#include <QtWidgets/QPushButton>
#include <QtWidgets/QVBoxLayout>

namespace sinkscope::ui {

namespace {

constexpr int kMargin = 16;
constexpr int kBetweenColumns = 20;

} // namespace

GenerationPanel::GenerationPanel(Workbench &bench, QWidget *parent)
    : Panel(parent)
    , m_bench(bench)
    , m_title(new PanelTitle(tr("Generation"), this))
    , m_generate(new QPushButton(tr("Generate"), this))
    , m_stop(new QPushButton(tr("Stop"), this))
    , m_controls(new GenerationControls(bench.generation, this))
    , m_turns(new ElidedLabel(this))
    , m_baseline(new GenerationColumn(bench, GenerationFeed::Text::Baseline, this))
    , m_edited(new GenerationColumn(bench, GenerationFeed::Text::Edited, this))
{
    m_title->setToolTip(inShortLines(tr("What am I looking at? What the model writes after the prompt, "
                                        "without and with the edits, which act on "
                                        "every new token too. The tint is the probability that the model "
                                        "gave the token where it stands, before "
                                        "temperature, top-k and top-p.")));
    addButtons();
    setObjectName(QStringLiteral("generationPanel"));
    m_turns->hide();
    m_turns->setObjectName(QStringLiteral("chatTurns"));
    auto *texts = new QHBoxLayout;
    texts->setContentsMargins(kMargin, 0, kMargin, 4);
    texts->setSpacing(kBetweenColumns);
    texts->addWidget(m_baseline, 1);
    texts->addWidget(m_edited, 1);
    auto *column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(2);
    column->addWidget(m_title);
    column->addWidget(m_controls);
    column->addWidget(m_turns);
    column->addLayout(texts, 1);
    m_turns->setContentsMargins(kMargin, 0, kMargin, 0);
    for (GenerationColumn *text : {m_baseline, m_edited})
        connect(text, &GenerationColumn::currentMoved, this, [this, text] {
            m_moved = text;
            refresh();
        });
    connect(&bench.generation, &GenerationFeed::changed, this, &GenerationPanel::refresh);
}

void GenerationPanel::addButtons()
{
    nameControl(m_generate, "generateButton", tr("Generate text"),
        tr("Write what comes after the prompt, without and with the edits (Ctrl+G)"));
    nameControl(m_stop, "stopGenerationButton", tr("Stop generating"), tr("Stop; what is written stays"));
    for (QPushButton *button : {m_generate, m_stop}) {
        button->setFocusPolicy(Qt::TabFocus);
        m_title->addControl(button);
    }
    connect(m_generate, &QPushButton::clicked, &m_bench.generation, &GenerationFeed::start);
    connect(m_stop, &QPushButton::clicked, this, [this] {
        if (m_stop->hasFocus())
            m_generate->setFocus(Qt::OtherFocusReason);
        m_bench.generation.stop();
    });
}

void GenerationPanel::setTheme(const Theme &theme)
{
    m_title->setTheme(theme);
    m_controls->setTheme(theme);
    QPalette quiet = m_turns->palette();
    quiet.setColor(QPalette::WindowText, theme.colours().secondaryText);
    m_turns->setPalette(quiet);
    m_baseline->setTheme(theme);
    m_edited->setTheme(theme);
    refresh();
}

void GenerationPanel::showEvent(QShowEvent *event)
{
    Panel::showEvent(event);
    refresh();
}

QString GenerationPanel::ageInWords() const
{
    switch (m_bench.generation.age()) {
    case GenerationFeed::Age::Current:
        return {};
    case GenerationFeed::Age::EarlierEdits:
        return tr("of earlier edits");
    case GenerationFeed::Age::EarlierPrompt:
        return tr("of an earlier prompt");
    }
    return {};
}

void GenerationPanel::refreshTurns()
{
    std::shared_ptr<const TokenizedPrompt> prompt;
    if (const auto answer = m_bench.generation.answerOrNull())
        prompt = answer->prompt;
    else if (m_bench.state.baseline())
        prompt = m_bench.state.baseline()->prompt;
    QStringList turns;
    if (prompt) {
        for (const ChatMessage &turn : chatTurns(prompt->text))
            turns += QString::fromStdString(turn.role) + QStringLiteral(": ")
                + QString::fromStdString(turn.content).simplified();
    }
    m_turns->setVisible(!turns.isEmpty());
    m_turns->setWholeText(turns.join(QStringLiteral("   ")));
}

void GenerationPanel::refresh()
{
    if (!isVisible())
        return;
    m_baseline->refresh();
    m_edited->refresh();
    refreshTurns();
    const GenerationFeed &feed = m_bench.generation;
    m_generate->setEnabled(feed.canStart());
    m_stop->setEnabled(feed.isRunning());
    QStringList remark {ageInWords()};
    if (m_moved)
        remark += m_moved->currentInWords();
    remark.removeAll(QString());
    m_title->setRemark(remark.join(QStringLiteral(" · ")));
    m_title->setActivity(feed.isRunning() ? Activity::Computing : Activity::Idle);
}

} // namespace sinkscope::ui
