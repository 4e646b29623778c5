// SPDX-License-Identifier: Apache-2.0
// Implements one generated text.
#include "ui/panels/generation_column.h"

#include "core/base/utf8.h"
#include "ui/models/roles.h"
#include "ui/panels/output_figures.h"
#include "ui/theme/number_format.h"

#include <QtGui/QClipboard>
#include <QtGui/QGuiApplication>
#include <QtWidgets/QHBoxLayout>
#include <QtWidgets/QToolButton>
#include <QtWidgets/QVBoxLayout>

#include <cmath>

namespace sinkscope::ui {

namespace {

constexpr int kRowSpacing = 8; ///< px
constexpr int kFewestLines = 3;
constexpr int kRoomForWords = 400; ///< px at text scale 1
constexpr int kLeastWidth = 280; ///< px at text scale 1

} // namespace

GenerationColumn::GenerationColumn(Workbench &bench, GenerationFeed::Text text, QWidget *parent)
    : QWidget(parent)
    , m_bench(bench)
    , m_text(text)
    , m_name(new QLabel(text == GenerationFeed::Text::Baseline ? tr("Baseline") : tr("Edited"), this))
    , m_difference(new QLabel(this))
    , m_state(new ElidedLabel(this))
    , m_copy(addButton(
          text == GenerationFeed::Text::Baseline ? "copyBaselineText" : "copyEditedText", tr("Copy")))
    , m_open(addButton(
          text == GenerationFeed::Text::Baseline ? "openBaselineText" : "openEditedText", tr("As prompt")))
    , m_view(new GeneratedTextView({kTintRole, kEmphasisRole, kMarkRole}, this))
{
    const bool isBaseline = text == GenerationFeed::Text::Baseline;
    m_name->setObjectName(isBaseline ? QStringLiteral("baselineTextName") : QStringLiteral("editedTextName"));
    m_difference->setObjectName(
        isBaseline ? QStringLiteral("baselineDifference") : QStringLiteral("editedDifference"));
    m_state->setObjectName(
        isBaseline ? QStringLiteral("baselineTextState") : QStringLiteral("editedTextState"));
    nameButtons();
    m_view->setModel(&m_model);
    nameControl(m_view, isBaseline ? "baselineText" : "editedText",
        isBaseline ? tr("Text without edits") : tr("Text under the edits"),
        tr("Tokens in their order, tinted by their probability. Enter or a double click opens the prompt "
           "with "
           "the text up to a token"));
    auto *head = new QHBoxLayout;
    head->setContentsMargins(0, 0, 0, 0);
    head->setSpacing(kRowSpacing);
    head->addWidget(m_name);
    head->addWidget(m_difference);
    head->addWidget(m_state, 1);
    head->addWidget(m_copy);
    head->addWidget(m_open);
    auto *column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(2);
    column->addLayout(head);
    column->addWidget(m_view, 1);
    connect(m_copy, &QToolButton::clicked, this, &GenerationColumn::copy);
    connect(m_open, &QToolButton::clicked, this, &GenerationColumn::openCurrent);
    connect(m_view, &GeneratedTextView::opened, this, &GenerationColumn::openCurrent);
    connect(m_view, &GeneratedTextView::currentMoved, this, &GenerationColumn::currentMoved);
}

QToolButton *GenerationColumn::addButton(const char *objectName, const QString &text)
{
    auto *button = new QToolButton(this);
    button->setText(text);
    button->setObjectName(QLatin1String(objectName));
    button->setFocusPolicy(Qt::TabFocus);
    return button;
}

void GenerationColumn::nameButtons()
{
    const bool isBaseline = m_text == GenerationFeed::Text::Baseline;
    nameControl(m_copy, isBaseline ? "copyBaselineText" : "copyEditedText",
        isBaseline ? tr("Copy the text without edits") : tr("Copy the text under the edits"),
        tr("Copies the text"));
    nameControl(m_open, isBaseline ? "openBaselineText" : "openEditedText",
        isBaseline ? tr("Open the text without edits as the prompt")
                   : tr("Open the text under the edits as the prompt"),
        tr("Takes the prompt with this text, up to the chosen token or all of it, as the new prompt: its "
           "attention can then be looked at, and it can be continued"));
}

void GenerationColumn::setTheme(const Theme &theme)
{
    m_name->setFont(theme.type().title);
    m_difference->setFont(theme.type().text);
    QPalette quiet = m_state->palette();
    quiet.setColor(QPalette::WindowText, theme.colours().secondaryText);
    m_state->setPalette(quiet);
    m_view->setTheme(theme);
    m_view->setMinimumHeight(m_view->heightOfLines(kFewestLines));
    setMinimumWidth(theme.type().scaled(kLeastWidth));
    m_roomForWords = theme.type().scaled(kRoomForWords);
}

const GeneratedText *GenerationColumn::textOrNull() const
{
    const std::shared_ptr<const GenerationAnswer> answer = m_bench.generation.answerOrNull();
    if (!answer)
        return nullptr;
    return m_text == GenerationFeed::Text::Baseline ? &answer->baseline : &answer->edited;
}

QString GenerationColumn::stateInWords(const GeneratedText &text) const
{
    QString words =
        text.tokens.size() == 1 ? tr("1 token") : tr("%1 tokens").arg(formatCount(text.tokens.size()));
    if (!text.end)
        return words + (m_bench.generation.isStopped() ? tr(", stopped") : tr(" so far"));
    if (*text.end == GenerationEnd::EndToken)
        words += tr(", ends with %1").arg(m_model.rows().back().text);
    if (*text.end == GenerationEnd::ContextFull)
        words += tr(", the model's context is full");
    return words;
}

QString GenerationColumn::differenceInWords(const GenerationAnswer &answer) const
{
    if (m_text == GenerationFeed::Text::Baseline)
        return {};
    if (answer.edits.changesNothing())
        return tr("nothing is edited");
    if (const auto first = firstDifference(answer.baseline, answer.edited))
        return width() < m_roomForWords ? tr("│ differs at %1").arg(*first + 1)
                                        : tr("│ differs from token %1").arg(*first + 1);
    return answer.isComplete() ? tr("the same text") : QString();
}

QString GenerationColumn::emptyText() const
{
    const GenerationFeed &feed = m_bench.generation;
    if (const auto failure = feed.failure())
        return failure->oneLine();
    if (feed.isRunning())
        return tr("computing");
    if (!feed.canStart())
        return tr("A prompt that was computed comes first.");
    return m_text == GenerationFeed::Text::Baseline
        ? tr("Generate writes what comes after the prompt without edits.")
        : tr("Here it is written under the edits.");
}

void GenerationColumn::resizeEvent(QResizeEvent *event)
{
    QWidget::resizeEvent(event);
    refresh(); // words may have another length
}

void GenerationColumn::showBeginning(const GenerationAnswer &answer)
{
    if (answer.isComplete() && !m_wasComplete && !m_view->currentIndex().isValid()) {
        const std::size_t first = firstDifference(answer.baseline, answer.edited).value_or(0);
        m_view->scrollToTop();
        m_view->scrollTo(m_model.index(std::min(int(first), m_model.rowCount() - 1)));
    }
    m_wasComplete = answer.isComplete();
}

void GenerationColumn::refresh()
{
    const GeneratedText *text = textOrNull();
    const std::shared_ptr<const Model> model = m_bench.state.model();
    std::vector<GeneratedRow> rows;
    std::optional<std::size_t> first;
    if (text && model) {
        for (const GeneratedToken &token : text->tokens)
            rows.push_back({.text = visibleToken(shownPiece(*model, token.id)),
                .id = token.id.value,
                .probability = std::exp(token.logProbability),
                .rank = token.rank,
                .isEnd = model->tokenizer->endsGeneration(token.id)});
        const GenerationAnswer &answer = *m_bench.generation.answerOrNull();
        if (m_text == GenerationFeed::Text::Edited)
            first = firstDifference(answer.baseline, answer.edited);
    }
    const bool hasText = !rows.empty();
    m_model.setRows(rows, first);
    m_view->setEmptyText(emptyText());
    m_difference->setText(hasText ? differenceInWords(*m_bench.generation.answerOrNull()) : QString());
    m_difference->setVisible(!m_difference->text().isEmpty());
    m_state->setWholeText(hasText ? stateInWords(*text) : QString());
    m_wasComplete = m_wasComplete && hasText;
    if (hasText)
        showBeginning(*m_bench.generation.answerOrNull());
    m_copy->setEnabled(hasText);
    m_open->setEnabled(hasText);
    const bool isOld = m_bench.generation.age() != GenerationFeed::Age::Current;
    const bool isTouched = m_text == GenerationFeed::Text::Edited
        || m_bench.generation.age()
            == GenerationFeed::Age::EarlierPrompt; // edits leave the baseline as it is
    m_view->setFreshness(isOld && isTouched ? Freshness::Stale : Freshness::Fresh);
}

QString GenerationColumn::currentInWords() const
{
    const QModelIndex current = m_view->currentIndex();
    return current.isValid() ? current.data(Qt::AccessibleTextRole).toString() : QString();
}

QString GenerationColumn::plainText() const
{
    const GeneratedText *text = textOrNull();
    const std::shared_ptr<const Model> model = m_bench.state.model();
    if (!text || !model)
        return {};
    std::vector<TokenId> ids;
    for (const GeneratedToken &token : text->tokens) {
        if (!model->tokenizer->endsGeneration(token.id))
            ids.push_back(token.id);
    }
    return QString::fromStdString(repairUtf8(model->tokenizer->decode(ids)));
}

void GenerationColumn::copy()
{
    QGuiApplication::clipboard()->setText(plainText());
}

void GenerationColumn::openCurrent()
{
    const QModelIndex current = m_view->currentIndex();
    const auto all = std::size_t(m_model.rowCount());
    m_bench.generation.openAsPrompt(m_text, current.isValid() ? std::size_t(current.row()) + 1 : all);
}

} // namespace sinkscope::ui
