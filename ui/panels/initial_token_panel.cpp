// SPDX-License-Identifier: Apache-2.0
// The small panel of position 0.
#include "ui/panels/initial_token_panel.h"

#include "core/base/utf8.h"
#include "ui/panels/panel.h"
#include "ui/theme/number_format.h"

#include <QtGui/QGuiApplication>
#include <QtGui/QScreen>
#include <QtWidgets/QComboBox>
#include <QtWidgets/QLabel>
#include <QtWidgets/QPushButton>
#include <QtWidgets/QVBoxLayout>

namespace sinkscope::ui {

namespace {

constexpr int kWidth = 380; ///< px at text scale 1
constexpr int kMargin = 16;
constexpr std::size_t kListed = 6; ///< sinks

QString shownToken(const Tokenizer &tokenizer, TokenId id)
{
    return visibleToken(escapeInvalidUtf8(tokenizer.tokenBytes(id)));
}

} // namespace

QString initialTokenInWords(const InitialTokenFacts &facts, const Tokenizer &tokenizer)
{
    QStringList lines;
    switch (facts.origin) {
    case InitialTokenOrigin::Tokenizer:
        lines += InitialTokenPanel::tr("Added by the tokenizer, as the model's file asks.");
        break;
    case InitialTokenOrigin::Template:
        lines += InitialTokenPanel::tr("Written by the model's chat template.");
        break;
    case InitialTokenOrigin::Text:
        lines += InitialTokenPanel::tr("The first token of what was typed.");
        break;
    }
    const QString bos = facts.bos ? shownToken(tokenizer, *facts.bos) : QString();
    switch (facts.kind) {
    case InitialTokenKind::Bos:
        lines += InitialTokenPanel::tr("It is the beginning-of-sequence token (BOS).");
        break;
    case InitialTokenKind::BosTwice:
        lines += InitialTokenPanel::tr("BOS stands twice, at positions 0 and 1: one of them should go.");
        break;
    case InitialTokenKind::BosMissing:
        lines += InitialTokenPanel::tr("BOS is missing: the model's file asks for %1 here.").arg(bos);
        break;
    case InitialTokenKind::Padding:
        lines += InitialTokenPanel::tr("It is the padding token: the sink forms on filling.");
        break;
    case InitialTokenKind::Other:
        lines += facts.bos
            ? InitialTokenPanel::tr("The model has a BOS, %1, but its file adds none to a text.").arg(bos)
            : InitialTokenPanel::tr("The model has no BOS: the sink forms on whatever comes first.");
        break;
    }
    return lines.join(QLatin1Char(' '));
}

InitialTokenPanel::InitialTokenPanel(Workbench &bench, QWidget *parent)
    : QFrame(parent, Qt::Popup)
    , m_bench(bench)
    , m_title(new QLabel(this))
    , m_facts(new QLabel(this))
    , m_sinks(new QLabel(this))
    , m_rule(new QLabel(this))
    , m_token(new QComboBox(this))
    , m_note(new QLabel(this))
{
    setObjectName(QStringLiteral("initialTokenPanel"));
    setAccessibleName(tr("Initial token"));
    setFrameShape(QFrame::StyledPanel);
    makeRows();
    connect(&bench.state, &AppState::snapshotsChanged, this, [this] {
        if (isVisible())
            fill();
    });
}

InitialTokenPanel::~InitialTokenPanel()
{
    m_thread = std::jthread(); // before the labels go
}

void InitialTokenPanel::makeRows()
{
    auto *column = new QVBoxLayout(this);
    column->setContentsMargins(kMargin, 12, kMargin, 12);
    column->setSpacing(8);
    const std::pair<QLabel *, const char *> labels[] = {{m_title, "initialTokenTitle"},
        {m_facts, "initialTokenFacts"}, {m_sinks, "initialTokenSinks"}, {m_rule, "initialTokenRule"},
        {m_note, "initialTokenNote"}};
    for (const auto &[label, objectName] : labels) {
        label->setObjectName(QLatin1String(objectName));
        label->setTextFormat(Qt::PlainText);
        label->setWordWrap(true);
    }
    column->addWidget(m_title);
    column->addWidget(m_facts);
    column->addWidget(m_sinks);
    column->addWidget(m_rule);
    m_token->setEditable(true);
    m_token->setInsertPolicy(QComboBox::NoInsert);
    nameControl(m_token, "initialTokenChoice", tr("Another initial token"),
        tr("A token as it is written, special ones by their name"));
    leaveWheel(m_token);
    column->addWidget(m_token);
    auto *row = new QHBoxLayout;
    row->setSpacing(8);
    m_add = addButton("addInitialToken", tr("&Add before"), tr("Put this token before the prompt"));
    m_swap = addButton("swapInitialToken", tr("S&wap"), tr("Put this token in the place of position 0"));
    m_remove = addButton("removeInitialToken", tr("&Remove"), tr("Read the prompt without position 0"));
    for (QPushButton *button : {m_add, m_swap})
        row->addWidget(button);
    row->addStretch(1);
    row->addWidget(m_remove);
    column->addLayout(row);
    column->addWidget(m_note);
    connect(m_token, &QComboBox::editTextChanged, this, &InitialTokenPanel::checkCandidate);
    connect(m_add, &QPushButton::clicked, this, [this] { change(InitialTokenChange::Add); });
    connect(m_swap, &QPushButton::clicked, this, [this] { change(InitialTokenChange::Swap); });
    connect(m_remove, &QPushButton::clicked, this, [this] { change(InitialTokenChange::Remove); });
}

QPushButton *InitialTokenPanel::addButton(const char *objectName, const QString &text, const QString &toolTip)
{
    auto *button = new QPushButton(text, this);
    nameControl(button, objectName, toolTip, toolTip);
    button->setAutoDefault(false);
    return button;
}

void InitialTokenPanel::setTheme(const Theme &theme)
{
    setFixedWidth(theme.type().scaled(kWidth));
    m_title->setFont(theme.type().title);
    m_note->setFont(theme.type().axis);
    QPalette quiet = palette();
    quiet.setColor(QPalette::WindowText, theme.colours().secondaryText);
    m_note->setPalette(quiet);
    m_rule->setFont(theme.type().axis);
    m_rule->setPalette(quiet);
}

void InitialTokenPanel::popUp(QPoint globalPlace)
{
    if (!m_bench.state.baseline() || !m_bench.state.model())
        return;
    fillCandidates();
    fill();
    const QRect screen = QGuiApplication::primaryScreen()->availableGeometry();
    globalPlace.setX(std::min(globalPlace.x(), screen.right() - width()));
    move(globalPlace);
    show();
    m_token->setFocus(Qt::PopupFocusReason);
}

void InitialTokenPanel::fillCandidates()
{
    const Tokenizer &tokenizer = *m_bench.state.model()->tokenizer;
    const AddedTokenPolicy &policy = tokenizer.addedTokenPolicy();
    m_token->clear();
    for (const std::optional<TokenId> &id : {policy.bos, policy.eos, policy.padding}) {
        const QString text = id ? QString::fromStdString(tokenizer.tokenBytes(*id)) : QString();
        if (!text.isEmpty() && m_token->findText(text) < 0)
            m_token->addItem(text);
    }
    m_token->addItem(QStringLiteral("The"));
    m_token->setCurrentIndex(0);
}

void InitialTokenPanel::fill()
{
    m_shown = m_bench.state.baseline();
    const Tokenizer &tokenizer = *m_bench.state.model()->tokenizer;
    const InitialTokenFacts facts = initialTokenFacts(*m_shown->prompt, tokenizer.addedTokenPolicy());
    m_title->setText(tr("Position 0: '%1', id %2")
                         .arg(visibleToken(escapeInvalidUtf8(m_shown->prompt->bytes.front())))
                         .arg(facts.id.value));
    m_facts->setText(initialTokenInWords(facts, tokenizer));
    m_remove->setEnabled(m_shown->prompt->ids.size() > 1);
    checkCandidate();
    lookForSinks();
    fitHeight();
}

void InitialTokenPanel::fitHeight()
{
    layout()->activate();
    resize(width(), layout()->totalHeightForWidth(width())); // of the wrapped texts
}

void InitialTokenPanel::lookForSinks()
{
    m_sinks->setText(tr("Sinks: being looked for"));
    const int round = ++m_round;
    m_thread = std::jthread([this, round, pass = m_shown->pass](const StopToken &stop) {
        const auto sinks = sinkColumns(*pass, {}, stop);
        if (stop.stop_requested())
            return;
        QMetaObject::invokeMethod(
            this,
            [this, round, sinks] {
                if (round == m_round)
                    showSinks(sinks);
            },
            Qt::QueuedConnection);
    });
}

void InitialTokenPanel::showSinks(const std::optional<std::vector<SinkColumn>> &sinks)
{
    const SinkRule rule;
    const HeadGrid grid = m_bench.state.grid();
    QString text;
    if (!sinks) {
        text = tr("Sinks: not known, since attention of this prompt is not kept in memory.");
    } else {
        text = sinks->empty() ? tr("No sink, not even position 0.") : tr("Sinks:");
        for (std::size_t place = 0; place < std::min(sinks->size(), kListed); ++place) {
            const SinkColumn &sink = (*sinks)[place];
            const std::string &bytes = m_shown->prompt->bytes[sink.key.asSize()];
            text += tr("\n%1 '%2': %3 of %4 heads, mean mass %5")
                        .arg(sink.key.value)
                        .arg(visibleToken(escapeInvalidUtf8(bytes)))
                        .arg(sink.heads)
                        .arg(grid.layerCount * grid.headCount)
                        .arg(formatProbability(sink.mass));
        }
        if (sinks->size() > kListed)
            text += tr("\nand %1 more").arg(sinks->size() - kListed);
    }
    m_sinks->setText(text);
    m_rule->setText(
        tr("A sink is a token k with c > %1 in at least %2 % of all heads; c is the mean of a[q, k] "
           "over the rows q > k, of which there are %3 or more. Baseline.")
            .arg(rule.leastMass)
            .arg(rule.leastShareOfHeads * 100.0)
            .arg(rule.leastRows));
    fitHeight();
}

std::optional<TokenId> InitialTokenPanel::candidate() const
{
    return singleToken(*m_bench.state.model()->tokenizer, m_token->currentText().toStdString());
}

void InitialTokenPanel::checkCandidate()
{
    if (!m_shown)
        return;
    const std::optional<TokenId> token = candidate();
    m_add->setEnabled(token.has_value());
    m_swap->setEnabled(token && *token != m_shown->prompt->ids.front());
    m_note->setText(token ? tr("id %1. Each change is a step that can be undone.").arg(token->value)
                          : tr("This is not one token of the model."));
}

void InitialTokenPanel::change(InitialTokenChange change)
{
    const std::optional<TokenId> token = candidate();
    if (change != InitialTokenChange::Remove && !token)
        return;
    close();
    m_bench.state.setPrompt(
        withInitialToken(*m_bench.state.model(), *m_shown->prompt, change, token.value_or(TokenId())));
}

InitialTokenBadgeData initialTokenBadge(const AppState &state)
{
    InitialTokenBadgeData badge;
    const std::shared_ptr<const TokenizedPrompt> pending = state.pendingPrompt();
    const std::shared_ptr<const Snapshot> baseline = state.baseline();
    const std::shared_ptr<const Model> model = state.model();
    if ((!pending && !baseline) || !model || !model->tokenizer)
        return badge;
    const TokenizedPrompt &prompt = pending ? *pending : *baseline->prompt;
    badge.text = visibleToken(escapeInvalidUtf8(prompt.bytes.front()));
    badge.id = prompt.ids.front().value;
    const InitialTokenKind kind = initialTokenFacts(prompt, model->tokenizer->addedTokenPolicy()).kind;
    if (kind == InitialTokenKind::BosTwice)
        badge.note = InitialTokenNote::BosTwice;
    else if (kind == InitialTokenKind::BosMissing)
        badge.note = InitialTokenNote::BosMissing;
    else if (kind == InitialTokenKind::Padding)
        badge.note = InitialTokenNote::Padding;
    else if (prompt.initialTokenOrigin == InitialTokenOrigin::Tokenizer)
        badge.note = InitialTokenNote::AddedByTokenizer;
    else if (prompt.initialTokenOrigin == InitialTokenOrigin::Template)
        badge.note = InitialTokenNote::FromTemplate;
    else
        badge.note = prompt.initialTokenIsSpecial ? InitialTokenNote::FromText : InitialTokenNote::NoBos;
    return badge;
}

} // namespace sinkscope::ui
