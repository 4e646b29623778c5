// SPDX-License-Identifier: Apache-2.0
// Implements the search of tokens.
#include "ui/panels/token_find.h"

#include <QtGui/QKeyEvent>
#include <QtWidgets/QApplication>

#include <algorithm>

namespace sinkscope::ui {

namespace {

constexpr int kLeft = 12; ///< px, over the title's words
constexpr int kWidth = 236;
constexpr int kHeight = 24;
constexpr int kCountRoom = 64; ///< px at the right, for "12 of 345"

} // namespace

std::vector<int> tokensWith(const TokenizedPrompt &prompt, const QString &text)
{
    std::vector<int> found;
    if (text.isEmpty())
        return found;
    // Bytes, since a letter may be spread over tokens; lower case of the whole keeps their places where it
    // keeps lengths, which it does for all but a few letters: those are looked for as they stand.
    std::string bytes;
    std::vector<std::size_t> ends; // [T]
    for (const std::string &token : prompt.bytes) {
        bytes += token;
        ends.push_back(bytes.size());
    }
    const QByteArray whole = QByteArray::fromStdString(bytes);
    const QByteArray lower = QString::fromUtf8(whole).toLower().toUtf8();
    const bool keepsPlaces = lower.size() == whole.size();
    const QByteArray &place = keepsPlaces ? lower : whole;
    const QByteArray sought = keepsPlaces ? text.toLower().toUtf8() : text.toUtf8();
    for (int at = place.indexOf(sought); at >= 0; at = place.indexOf(sought, at + 1)) {
        const auto end = std::upper_bound(ends.begin(), ends.end(), static_cast<std::size_t>(at));
        const int token = static_cast<int>(end - ends.begin());
        if (found.empty() || found.back() != token)
            found.push_back(token);
    }
    return found;
}

TokenFind::TokenFind(Workbench &bench, QWidget *parent)
    : QLineEdit(parent)
    , m_bench(bench)
    , m_count(new QLabel(this))
{
    nameControl(this, "tokenFind", tr("Find a token"),
        tr("Text to find in the prompt; Enter: next place, Shift+Enter: the one before, Esc: back"));
    setPlaceholderText(tr("Find in the prompt"));
    m_count->setObjectName(QStringLiteral("tokenFindCount"));
    m_count->setAlignment(Qt::AlignRight | Qt::AlignVCenter);
    m_count->setAttribute(Qt::WA_TransparentForMouseEvents);
    setTextMargins(0, 0, kCountRoom, 0);
    hide();
    connect(this, &QLineEdit::textEdited, this, [this] { find(Direction::Here); });
}

void TokenFind::setTheme(const Theme &theme)
{
    m_theme = theme;
    setFont(theme.type().text);
    m_count->setFont(theme.type().axis);
    setTextMargins(0, 0, theme.type().scaled(kCountRoom), 0);
    setGeometry(theme.type().scaled(kLeft), theme.type().scaled(4), theme.type().scaled(kWidth),
        theme.type().scaled(kHeight));
}

void TokenFind::open()
{
    if (!m_bench.state.baseline())
        return;
    if (!hasFocus())
        m_cameFrom = QApplication::focusWidget();
    show();
    raise();
    selectAll();
    setFocus(Qt::ShortcutFocusReason);
}

void TokenFind::find(Direction direction)
{
    const std::shared_ptr<const Snapshot> baseline = m_bench.state.baseline();
    if (!baseline || text().isEmpty())
        return say(QString(), m_theme.colours().secondaryText);
    const std::vector<int> found = tokensWith(*baseline->prompt, text());
    if (found.empty())
        return say(tr("not found"), m_theme.colours().error);
    const int query = m_bench.selection.pinned().query;
    auto place = std::lower_bound(found.begin(), found.end(), query);
    if (direction == Direction::Next)
        place = std::upper_bound(found.begin(), found.end(), query);
    else if (direction == Direction::Before)
        place = place == found.begin() ? found.end() - 1 : place - 1;
    if (place == found.end()) // once round
        place = found.begin();
    say(tr("%1 of %2").arg(place - found.begin() + 1).arg(found.size()), m_theme.colours().secondaryText);
    m_bench.selection.setPinned({*place, -1});
}

void TokenFind::say(const QString &text, const QColor &colour)
{
    QPalette ink = m_count->palette();
    ink.setColor(QPalette::WindowText, colour);
    m_count->setPalette(ink);
    m_count->setText(text);
    setAccessibleDescription(text);
}

void TokenFind::keyPressEvent(QKeyEvent *event)
{
    if (event->key() == Qt::Key_Return || event->key() == Qt::Key_Enter) {
        find(event->modifiers() & Qt::ShiftModifier ? Direction::Before : Direction::Next);
        return;
    }
    if (event->key() == Qt::Key_Escape) {
        hide();
        if (m_cameFrom)
            m_cameFrom->setFocus(Qt::OtherFocusReason);
        return;
    }
    QLineEdit::keyPressEvent(event);
}

void TokenFind::focusOutEvent(QFocusEvent *event)
{
    QLineEdit::focusOutEvent(event);
    if (event->reason() != Qt::PopupFocusReason && event->reason() != Qt::ActiveWindowFocusReason)
        hide();
}

void TokenFind::resizeEvent(QResizeEvent *event)
{
    QLineEdit::resizeEvent(event);
    m_count->setGeometry(rect().adjusted(0, 0, -6, 0));
}

} // namespace sinkscope::ui
