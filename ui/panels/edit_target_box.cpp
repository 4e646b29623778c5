// SPDX-License-Identifier: Apache-2.0
// Menus and fields of a target.
#include "ui/panels/edit_target_box.h"

#include "ui/models/edit_captions.h"
#include "ui/panels/panel.h"
#include "ui/theme/tool_tip.h"

#include <QtCore/QRegularExpression>
#include <QtWidgets/QComboBox>
#include <QtWidgets/QGridLayout>
#include <QtWidgets/QLabel>
#include <QtWidgets/QLineEdit>

#include <array>
#include <iterator>
#include <optional>
#include <utility>

namespace sinkscope::ui {

namespace {

constexpr int kMargin = 16;
constexpr int kFieldWidth = 60; ///< px at text scale 1: "128-255"
constexpr std::array kKinds {EditKind::Probability, EditKind::Logit, EditKind::Key, EditKind::KeyShared,
    EditKind::Bias, EditKind::Ablate, EditKind::Gain};

enum KeyChoice { kKeyZero, kOneKey, kSpanOfKeys, kFirstNonPad };

QString one(int position)
{
    return QString::number(position);
}

QString span(TokenPos begin, TokenPos end)
{
    return QStringLiteral("%1-%2").arg(begin.value).arg(end.value - 1);
}

std::optional<TokenPos> position(const QString &text)
{
    bool isNumber = false;
    const int number = text.trimmed().toInt(&isNumber);
    return isNumber && number >= 0 ? std::optional(TokenPos(number)) : std::nullopt;
}

struct Span {
    TokenPos begin;
    TokenPos end; ///< one past the last
};

/// "2-4", "2 to 4".
std::optional<Span> spanOf(const QString &text)
{
    static const QRegularExpression form(QStringLiteral("^\\s*(\\d+)\\s*(?:-|–|to)\\s*(\\d+)\\s*$"));
    const QRegularExpressionMatch match = form.match(text);
    const std::optional<TokenPos> first = position(match.captured(1));
    const std::optional<TokenPos> last = position(match.captured(2));
    if (!match.hasMatch() || !first || !last || *last < *first)
        return std::nullopt;
    return Span {*first, TokenPos(last->value + 1)};
}

int keyChoiceOf(const KeyTarget &key)
{
    if (key.kind == KeyTarget::Kind::FirstNonPad)
        return kFirstNonPad;
    if (key == KeyTarget())
        return kKeyZero;
    return key.isSingle() ? kOneKey : kSpanOfKeys;
}

} // namespace

EditTargetBox::EditTargetBox(QWidget *parent)
    : QWidget(parent)
    , m_kind(new QComboBox(this))
    , m_noteLabel(new QLabel(this))
{
    for (const EditKind kind : kKinds) {
        m_kind->addItem(kindWord(kind), static_cast<int>(kind));
        m_kind->setItemData(m_kind->count() - 1, inShortLines(kindSentence(kind)), Qt::ToolTipRole);
    }
    nameControl(m_kind, "targetKind", tr("Kind of edit"), tr("What is changed"));
    leaveWheel(m_kind);
    m_keys = makeChoice("targetKeys", "targetKeysField", tr("Keys"), tr("Tokens whose attention is changed"));
    m_keys.menu->addItems({tr("key 0"), tr("one key"), tr("keys from-to"), tr("first token not padding")});
    m_queries =
        makeChoice("targetQueries", "targetQueriesField", tr("Queries"), tr("Rows in which it is changed"));
    m_queries.menu->addItems(
        {tr("all queries"), tr("last query"), tr("queries from"), tr("queries from-to")});
    m_noteLabel->setObjectName(QStringLiteral("targetNote"));
    m_noteLabel->setTextFormat(Qt::PlainText);
    m_noteLabel->setWordWrap(true);
    m_noteLabel->hide();
    auto *grid = new QGridLayout(this);
    grid->setContentsMargins(kMargin, 0, kMargin, 6);
    grid->setHorizontalSpacing(6);
    grid->setVerticalSpacing(4);
    const std::pair<QString, QWidget *> lines[] = {
        {tr("Kind"), m_kind}, {tr("Keys"), m_keys.menu}, {tr("Queries"), m_queries.menu}};
    for (int line = 0; line < int(std::size(lines)); ++line) {
        auto *label = new QLabel(lines[line].first, this);
        label->setBuddy(lines[line].second);
        m_labels.push_back(label);
        grid->addWidget(label, line, 0, Qt::AlignRight | Qt::AlignVCenter);
        grid->addWidget(lines[line].second, line, 1);
    }
    grid->addWidget(m_keys.field, 1, 2);
    grid->addWidget(m_queries.field, 2, 2);
    grid->addWidget(m_noteLabel, 3, 0, 1, 3);
    grid->setColumnStretch(1, 1);
    connectChoices();
    setTarget({});
}

void EditTargetBox::connectChoices()
{
    connect(m_kind, QOverload<int>::of(&QComboBox::activated), this, [this](int index) {
        EditTarget target = m_target;
        target.kind = static_cast<EditKind>(m_kind->itemData(index).toInt());
        if (!hasKeys(target.kind))
            target.key = {};
        if (target.kind == EditKind::KeyShared)
            target.queries = {};
        take(target);
    });
    connect(m_keys.menu, QOverload<int>::of(&QComboBox::activated), this, [this](int index) {
        EditTarget target = m_target;
        if (index == keyChoiceOf(target.key))
            return;
        target.key = index == kOneKey ? KeyTarget(TokenPos(1))
            : index == kSpanOfKeys    ? KeyTarget(TokenPos(1), TokenPos(3))
            : index == kFirstNonPad   ? KeyTarget::firstNonPad()
                                      : KeyTarget();
        take(target);
    });
    connect(m_queries.menu, QOverload<int>::of(&QComboBox::activated), this, [this](int index) {
        EditTarget target = m_target;
        target.queries = {};
        target.queries.kind = static_cast<QuerySelection::Kind>(index);
        if (target.queries.kind == m_target.queries.kind)
            return;
        if (target.queries.kind == QuerySelection::Kind::From
            || target.queries.kind == QuerySelection::Kind::Span)
            target.queries.begin = TokenPos(1);
        if (target.queries.kind == QuerySelection::Kind::Span)
            target.queries.end = TokenPos(3);
        take(target);
    });
    connect(m_keys.field, &QLineEdit::editingFinished, this, &EditTargetBox::takeKeys);
    connect(m_queries.field, &QLineEdit::editingFinished, this, &EditTargetBox::takeQueries);
}

EditTargetBox::Choice EditTargetBox::makeChoice(
    const char *menuName, const char *fieldName, const QString &name, const QString &toolTip)
{
    Choice choice {new QComboBox(this), new QLineEdit(this)};
    nameControl(choice.menu, menuName, name, toolTip);
    nameControl(choice.field, fieldName, tr("%1, positions").arg(name),
        tr("Positions of the prompt, the first is 0: 3, or 2-4 for all from 2 to 4"));
    leaveWheel(choice.menu);
    choice.menu->setSizeAdjustPolicy(QComboBox::AdjustToMinimumContentsLengthWithIcon);
    choice.menu->setMinimumContentsLength(8);
    return choice;
}

void EditTargetBox::setTheme(const Theme &theme)
{
    m_colours = theme.colours();
    m_noteLabel->setFont(theme.type().axis);
    for (QLabel *label : m_labels) {
        QPalette quiet = label->palette();
        quiet.setColor(QPalette::WindowText, theme.colours().secondaryText);
        label->setPalette(quiet);
    }
    for (QLineEdit *field : {m_keys.field, m_queries.field})
        field->setFixedWidth(theme.type().scaled(kFieldWidth));
    showNote();
}

void EditTargetBox::showField(const Choice &choice, const QString &text)
{
    choice.field->setVisible(!text.isEmpty());
    if (choice.field->text() != text)
        choice.field->setText(text);
}

void EditTargetBox::setTarget(const EditTarget &target)
{
    setWriting(Writing::Readable);
    m_target = target;
    m_kind->setCurrentIndex(m_kind->findData(static_cast<int>(target.kind)));
    m_kind->setToolTip(inShortLines(kindSentence(target.kind)));
    const int keys = keyChoiceOf(target.key);
    m_keys.menu->setCurrentIndex(keys);
    m_keys.menu->setEnabled(hasKeys(target.kind));
    m_keys.menu->setToolTip(hasKeys(target.kind) ? tr("Tokens whose attention is changed")
                                                 : tr("It acts on the output of the head"));
    showField(m_keys,
        keys == kOneKey           ? one(target.key.begin.value)
            : keys == kSpanOfKeys ? span(target.key.begin, target.key.end)
                                  : QString());
    const QuerySelection &queries = target.queries;
    m_queries.menu->setCurrentIndex(static_cast<int>(queries.kind));
    m_queries.menu->setEnabled(target.kind != EditKind::KeyShared);
    m_queries.menu->setToolTip(target.kind != EditKind::KeyShared
            ? tr("Rows in which it is changed")
            : tr("A stored key is the same in all rows"));
    showField(m_queries,
        queries.kind == QuerySelection::Kind::From       ? one(queries.begin.value)
            : queries.kind == QuerySelection::Kind::Span ? span(queries.begin, queries.end)
                                                         : QString());
}

void EditTargetBox::takeKeys()
{
    EditTarget target = m_target;
    const QString text = m_keys.field->text();
    if (keyChoiceOf(target.key) == kOneKey) {
        const std::optional<TokenPos> key = position(text);
        if (!key)
            return refuse(tr("'%1' is no position: write the number of a token, as 3.").arg(text));
        target.key = KeyTarget(*key);
    } else if (keyChoiceOf(target.key) == kSpanOfKeys) {
        const std::optional<Span> keys = spanOf(text);
        if (!keys)
            return refuse(tr("'%1' is no span: write the first and the last key, as 2-4.").arg(text));
        target.key = KeyTarget(keys->begin, keys->end);
    }
    take(target);
}

void EditTargetBox::takeQueries()
{
    EditTarget target = m_target;
    const QString text = m_queries.field->text();
    if (target.queries.kind == QuerySelection::Kind::From) {
        const std::optional<TokenPos> first = position(text);
        if (!first)
            return refuse(tr("'%1' is no position: write the number of the first query, as 3.").arg(text));
        target.queries.begin = *first;
    } else if (target.queries.kind == QuerySelection::Kind::Span) {
        const std::optional<Span> rows = spanOf(text);
        if (!rows)
            return refuse(tr("'%1' is no span: write the first and the last query, as 2-4.").arg(text));
        target.queries.begin = rows->begin;
        target.queries.end = rows->end;
    }
    take(target);
}

void EditTargetBox::refuse(const QString &sentence)
{
    setRefusal(sentence);
    setWriting(Writing::Unreadable);
}

void EditTargetBox::setWriting(Writing writing)
{
    const bool isUnreadable = writing == Writing::Unreadable;
    if (std::exchange(m_isUnreadable, isUnreadable) != isUnreadable)
        Q_EMIT readabilityChanged();
}

void EditTargetBox::take(const EditTarget &target)
{
    setRefusal({});
    setWriting(Writing::Readable);
    if (target == m_target)
        return;
    setTarget(target);
    Q_EMIT chosen(target);
}

void EditTargetBox::setNote(const QString &note)
{
    m_note = note;
    showNote();
}

void EditTargetBox::setRefusal(const QString &sentence)
{
    m_refusal = sentence;
    showNote();
}

void EditTargetBox::showNote()
{
    const QString &text = m_refusal.isEmpty() ? m_note : m_refusal;
    QPalette ink = palette();
    ink.setColor(QPalette::WindowText, m_refusal.isEmpty() ? m_colours.secondaryText : m_colours.error);
    m_noteLabel->setPalette(ink);
    m_noteLabel->setText(text);
    m_noteLabel->setVisible(!text.isEmpty());
}

} // namespace sinkscope::ui
