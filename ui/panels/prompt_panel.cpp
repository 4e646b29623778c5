// SPDX-License-Identifier: Apache-2.0
// The prompt as tokens or as text.
#include "ui/panels/prompt_panel.h"

#include "core/base/utf8.h"
#include "ui/models/edits_model.h"
#include "ui/panels/head_data.h"
#include "ui/panels/initial_token_panel.h"
#include "ui/panels/prompt_editor.h"
#include "ui/state/initial_token.h"
#include "ui/theme/number_format.h"
#include "ui/views/head_map_picture.h"

#include <QtGui/QKeyEvent>
#include <QtWidgets/QHBoxLayout>
#include <QtWidgets/QLineEdit>
#include <QtWidgets/QStackedLayout>
#include <QtWidgets/QToolButton>
#include <QtWidgets/QVBoxLayout>

#include <utility>

namespace sinkscope::ui {

namespace {

constexpr int kMargin = 16;
constexpr int kBelowStrip = 4;

} // namespace

PromptPanel::PromptPanel(Workbench &bench, QWidget *parent)
    : Panel(parent)
    , m_bench(bench)
    , m_title(new PanelTitle(tr("Prompt"), this))
    , m_page(new QWidget(this))
    , m_stack(new QStackedLayout(m_page))
    , m_error(new QLabel(this))
{
    // Made in the order in which Tab goes through them.
    m_form = new SegmentRow({{"formRaw", tr("Raw"), tr("The model reads the text as it is")},
                                {"formChat", tr("Chat"), tr("The model's chat template wraps the text")}},
        this);
    m_editButton = new QToolButton(this);
    m_reading = new StripReadingButton(this);
    m_badge = new InitialTokenBadge(this);
    m_systemRow = makeSystemRow();
    m_strip = new TokenStripView(this);
    m_editor = new PromptEditor(this);
    m_editButton->setText(tr("Edit"));
    m_editButton->setFocusPolicy(Qt::TabFocus);
    nameControl(m_editButton, "editPromptButton", tr("Edit the prompt"),
        tr("Edit the prompt (F2); Return runs it, Shift+Return starts a new line"));
    m_badge->setObjectName(QStringLiteral("initialTokenBadge"));
    m_title->addControl(m_reading);
    m_title->addControl(m_badge); // first: its width changes, the buttons stay under the pointer
    m_title->addControl(m_form);
    m_title->addControl(m_editButton);
    m_strip->setObjectName(QStringLiteral("tokenStrip"));
    nameControl(m_editor, "promptEditor", tr("Prompt text"),
        tr("A pause runs the prompt. Return keeps it, Shift+Return starts a new line, Esc takes it back"));
    m_stack->setContentsMargins(0, 0, 0, 0);
    m_stack->addWidget(m_strip);
    m_stack->addWidget(m_editor);
    m_error->setObjectName(QStringLiteral("promptError"));
    m_error->setWordWrap(true);
    m_error->setContentsMargins(kMargin, 0, kMargin, 8);
    m_error->setTextInteractionFlags(Qt::TextSelectableByMouse);
    m_error->hide();
    auto *strip = new QHBoxLayout;
    strip->setContentsMargins(0, 0, 0, kBelowStrip);
    strip->addWidget(m_page);
    auto *column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(0);
    column->addWidget(m_title);
    column->addWidget(m_systemRow);
    column->addLayout(strip, 1);
    column->addWidget(m_error);
    connectViews();
    refreshAsked();
    refresh();
}

QWidget *PromptPanel::makeSystemRow()
{
    auto *row = new QWidget(this);
    auto *label = new QLabel(tr("System"), row);
    m_system = new QLineEdit(row);
    nameControl(m_system, "systemText", tr("System message"),
        tr("System message of the chat; empty: the template's own default"));
    label->setBuddy(m_system);
    auto *layout = new QHBoxLayout(row);
    layout->setContentsMargins(kMargin, 0, kMargin, 4);
    layout->addWidget(label);
    layout->addWidget(m_system, 1);
    connect(m_system, &QLineEdit::editingFinished, this, &PromptPanel::commitSystem);
    return row;
}

void PromptPanel::connectViews()
{
    Selection &selection = m_bench.selection;
    AppState &state = m_bench.state;
    m_strip->installEventFilter(this);
    m_strip->viewport()->installEventFilter(this);
    connect(m_form, &SegmentRow::chosen, this, &PromptPanel::chooseForm);
    connect(m_editButton, &QToolButton::clicked, this, &PromptPanel::startEditing);
    connect(m_badge, &InitialTokenBadge::clicked, this, &PromptPanel::actOnBadge);
    connect(m_editor, &PromptEditor::committed, this, &PromptPanel::commit);
    connect(m_editor, &QPlainTextEdit::textChanged, this, &PromptPanel::compareDraft);
    connect(m_editor, &PromptEditor::cancelled, this, &PromptPanel::takeBack);
    connect(m_editor, &PromptEditor::finished, this, &PromptPanel::endEditing);
    connect(m_strip, &TokenStripView::queryChosen, &selection, [&selection](int token) {
        selection.setPinned({token, -1});
    });
    connect(m_strip, &TokenStripView::tokenHovered, &selection, [&selection](int token) {
        selection.setHovered({-1, token});
    });
    connect(&selection, &Selection::pinnedChanged, this, &PromptPanel::refresh);
    connect(&selection, &Selection::hoveredChanged, this, &PromptPanel::refreshQuery);
    connect(&selection, &Selection::headChanged, this, &PromptPanel::refresh);
    connect(&selection, &Selection::headsChanged, this, &PromptPanel::refresh);
    connect(m_reading, &StripReadingButton::choiceChanged, this, &PromptPanel::refresh);
    connect(&selection, &Selection::sideChanged, this, &PromptPanel::refresh);
    connect(&selection, &Selection::patternLookChanged, this, &PromptPanel::refresh);
    connect(&state, &AppState::snapshotsChanged, this, &PromptPanel::refresh);
    connect(&state, &AppState::editsChanged, this, &PromptPanel::refresh);
    connect(&state, &AppState::staleChanged, this, &PromptPanel::refresh);
    connect(&state, &AppState::pendingPromptChanged, this, &PromptPanel::refresh);
    connect(&state, &AppState::promptChanged, this, &PromptPanel::refreshAsked);
    connect(&state, &AppState::promptChanged, this, &PromptPanel::compareDraft);
    connect(&state, &AppState::modelChanged, this, &PromptPanel::refreshAsked);
    connect(&state, &AppState::passErrorChanged, this, &PromptPanel::refreshAsked);
}

void PromptPanel::setTheme(const Theme &theme)
{
    m_theme = theme;
    m_title->setTheme(theme);
    m_badge->setTheme(theme);
    m_strip->setTheme(theme);
    if (m_inspector)
        m_inspector->setTheme(theme);
    m_editor->setFont(theme.type().prompt);
    QPalette canvas = palette();
    canvas.setColor(QPalette::Window, theme.colours().canvas);
    setPalette(canvas);
    setAutoFillBackground(true);
    QPalette warning = m_error->palette();
    warning.setColor(QPalette::WindowText, theme.colours().warning);
    m_error->setPalette(warning);
}

void PromptPanel::actOnBadge()
{
    if (!m_inspector) {
        m_inspector = new InitialTokenPanel(m_bench, this);
        m_inspector->setTheme(m_theme);
    }
    m_inspector->popUp(m_badge->mapToGlobal(QPoint(0, m_badge->height() + 2)));
}

bool PromptPanel::isEditing() const
{
    return m_stack->currentWidget() == m_editor;
}

void PromptPanel::startEditing()
{
    if (isEditing())
        return;
    m_promptBefore = m_bench.state.session().prompt;
    m_stepsBefore = m_bench.state.undoStack().index();
    m_reopensIfRefused = false;
    m_editor->setPlainText(QString::fromStdString(m_bench.state.session().prompt.text));
    m_editor->moveCursor(QTextCursor::End);
    m_stack->setCurrentWidget(m_editor);
    m_editor->setFocus(Qt::OtherFocusReason);
    refresh();
}

void PromptPanel::commit()
{
    PromptSpec prompt = m_bench.state.session().prompt;
    const std::string text = m_editor->toPlainText().toStdString();
    if (text.empty()) // nothing was asked: it is no step of the history
        return refuseDraft(
            tr("The prompt is empty: type at least one character, or Esc for the former one."));
    refuseDraft({});
    if (prompt.text != text) // else tokens that no text gives stay
        prompt.ids.clear();
    prompt.text = text;
    m_bench.state.setPrompt(prompt);
}

void PromptPanel::refuseDraft(const QString &sentence)
{
    if (std::exchange(m_draftRefusal, sentence) != sentence)
        refreshAsked();
}

void PromptPanel::compareDraft()
{
    const bool differs =
        isEditing() && m_editor->toPlainText().toStdString() != m_bench.state.session().prompt.text;
    m_bench.state.setDraft(differs ? Draft::Differs : Draft::SameAsAsked);
}

void PromptPanel::takeBack()
{
    // What ran in pauses of the typing is taken back too; a refused prompt gives way to the last that ran.
    if (m_promptBefore == m_bench.state.session().prompt)
        m_bench.state.returnToAnsweredPrompt();
    else if (m_stepsBefore < m_bench.state.undoStack().index())
        m_bench.state.undoStack().setIndex(m_stepsBefore); // what was left is no step to undo
    else
        m_bench.state.setPrompt(m_promptBefore);
    refuseDraft({});
    m_editor->setPlainText(QString::fromStdString(m_bench.state.session().prompt.text)); // it runs when left
}

void PromptPanel::endEditing()
{
    const bool isLeftByKey = window()->focusWidget() == m_editor; // a click gave the focus elsewhere
    if (isLeftByKey && isEditing() && !m_draftRefusal.isEmpty())
        return; // Esc or other words end it
    refuseDraft({});
    m_reopensIfRefused = m_reopensIfRefused || isLeftByKey; // hiding the editor ends it once more
    m_stack->setCurrentWidget(m_strip);
    if (isLeftByKey)
        m_strip->setFocus(Qt::OtherFocusReason);
    compareDraft();
    refresh();
}

void PromptPanel::commitSystem()
{
    PromptSpec prompt = m_bench.state.session().prompt;
    const QString text = m_system->text();
    if (prompt.form != PromptForm::Chat)
        return;
    prompt.system = text.isEmpty() ? std::nullopt : std::optional(text.toStdString());
    m_bench.state.setPrompt(prompt);
}

void PromptPanel::chooseForm(int index)
{
    PromptSpec prompt = m_bench.state.session().prompt;
    prompt.form = index == 1 ? PromptForm::Chat : PromptForm::Raw;
    prompt.ids.clear();
    m_bench.state.setPrompt(prompt);
}

void PromptPanel::refreshAsked()
{
    const PromptSpec &prompt = m_bench.state.session().prompt;
    const std::shared_ptr<const Model> model = m_bench.state.model();
    const bool hasTemplate = model && !model->chatTemplate.empty();
    m_form->setCurrent(prompt.form == PromptForm::Chat ? 1 : 0);
    if (hasTemplate)
        m_form->enableSegment(1, tr("The model's chat template wraps the text"));
    else if (prompt.form == PromptForm::Chat)
        m_form->enableSegment(1, tr("This model has no chat template"));
    else
        m_form->disableSegment(1, tr("This model has no chat template"));
    m_systemRow->setVisible(prompt.form == PromptForm::Chat);
    if (!m_system->hasFocus())
        m_system->setText(QString::fromStdString(prompt.system.value_or(std::string())));
    const auto ownDefault = model ? model->chatTemplate.defaultSystem() : std::nullopt;
    m_system->setPlaceholderText(ownDefault ? QString::fromStdString(*ownDefault) : tr("none"));
    const std::optional<UserMessage> error = m_bench.state.passError();
    m_error->setVisible(error.has_value() || !m_draftRefusal.isEmpty());
    QString errorText = !m_draftRefusal.isEmpty() ? m_draftRefusal : error ? error->oneLine() : QString();
    if (m_draftRefusal.isEmpty() && error && m_bench.state.isOfFormerPrompt())
        errorText += QLatin1Char(' ') + tr("The picture is of the former prompt.");
    m_error->setText(errorText);
    m_editButton->setEnabled(model != nullptr);
    refresh();
    if (error && m_bench.state.isOfFormerPrompt() && std::exchange(m_reopensIfRefused, false))
        startEditing(); // what is typed next is text, not keys of the views
}

TokenStripData PromptPanel::stripData() const
{
    TokenStripData strip;
    const std::shared_ptr<const TokenizedPrompt> pending = m_bench.state.pendingPrompt();
    if (!pending && !m_bench.state.baseline())
        return strip;
    const TokenizedPrompt &prompt = pending ? *pending : *m_bench.state.baseline()->prompt;
    for (std::size_t token = 0; token < prompt.ids.size(); ++token)
        strip.tokens.push_back({visibleToken(escapeInvalidUtf8(prompt.bytes[token])), prompt.ids[token].value,
            endsLine(prompt.pieces[token])});
    if (pending) // no weights yet
        return strip;
    const int tokens = static_cast<int>(prompt.ids.size());
    const int pinned = m_bench.selection.pinned().query;
    strip.query = pinned >= 0 && pinned < tokens ? pinned : tokens - 1;
    const HeadMapData map = headMapData(m_bench);
    strip.keyZeroApart = map.keyZero == KeyZeroPlace::Apart;
    strip.isDifference = map.mode == HeadMapMode::Difference;
    strip.isStale = map.isStale;
    strip.scale = headMapScales(map).rest;
    const StripChoice &choice = m_reading->choice();
    strip.reading = choice.reading;
    std::vector<HeadRef> heads {m_bench.selection.head()};
    if (choice.heads == StripHeads::MeanOfChosen)
        heads = m_bench.selection.heads();
    strip.weights = SharedFloats(stripWeights(m_bench, strip.query, choice.reading, heads));
    return strip;
}

QString PromptPanel::readingInWords(const TokenStripData &strip) const
{
    const QString words =
        strip.reading == StripReading::Paid ? tr("as read by query %1 '%2'") : tr("how each reads %1 '%2'");
    QString remark = words.arg(strip.query).arg(strip.tokens[std::size_t(strip.query)].text);
    const std::size_t heads = m_bench.selection.heads().size();
    if (m_reading->choice().heads == StripHeads::MeanOfChosen && heads > 1)
        remark += tr(", mean of %1 heads").arg(heads);
    else if (m_bench.selection.patternOf() != PatternOf::ThisHead) // which the map is not of
        remark = tr("%1 alone, %2").arg(headName(m_bench.selection.head()), remark);
    if (strip.weights.isEmpty())
        remark += tr(" (not kept)");
    return remark;
}

void PromptPanel::refresh()
{
    const TokenStripData strip = stripData();
    QString remark;
    if (isEditing())
        remark = tr("Return: keep, Esc: undo");
    else if (m_bench.state.pendingPrompt())
        remark = strip.tokens.size() == 1 ? tr("computing 1 token")
                                          : tr("computing %1 tokens").arg(formatCount(strip.tokens.size()));
    else if (strip.query >= 0)
        remark = readingInWords(strip);
    m_reading->setHidden(isEditing()); // nothing is read then, and the hint needs the room
    m_badge->setHidden(isEditing());
    m_title->setRemark(remark);
    m_title->setActivity(m_bench.state.activity());
    m_strip->setData(strip);
    m_badge->setData(initialTokenBadge(m_bench.state));
    refreshQuery();
}

void PromptPanel::refreshQuery()
{
    const CellRef hovered = m_bench.selection.hovered();
    const CellRef cell = hovered.key >= 0 ? hovered : m_bench.selection.pinned();
    const bool isOfOtherTokens = m_bench.state.pendingPrompt() != nullptr; // cells of the former prompt
    m_strip->setLinkedKey(cell.key >= 0 && !isOfOtherTokens ? std::optional(cell.key) : std::nullopt);
}

bool PromptPanel::eventFilter(QObject *watched, QEvent *event)
{
    if (event->type() == QEvent::MouseButtonPress && watched == m_strip->viewport()
        && m_strip->tokenAt(static_cast<QMouseEvent *>(event)->pos()) < 0) { // beside the tokens
        startEditing();
        return true;
    }
    if (event->type() == QEvent::MouseButtonDblClick && watched == m_strip->viewport()) {
        startEditing();
        return true;
    }
    if (event->type() == QEvent::KeyPress && watched == m_strip) {
        const int key = static_cast<QKeyEvent *>(event)->key();
        if (key == Qt::Key_Return || key == Qt::Key_Enter || key == Qt::Key_F2) {
            startEditing();
            return true;
        }
    }
    return Panel::eventFilter(watched, event);
}

int PromptPanel::heightOfLines(int lines) const
{
    return m_title->sizeHint().height() + m_strip->heightOfLines(lines) + kBelowStrip;
}

int PromptPanel::heightOfAll() const
{
    int height = m_title->sizeHint().height() + m_strip->heightFor(m_page->width()) + kBelowStrip;
    if (!m_systemRow->isHidden())
        height += m_systemRow->sizeHint().height();
    if (!m_error->isHidden())
        height += m_error->heightForWidth(width());
    return height;
}

} // namespace sinkscope::ui
