// SPDX-License-Identifier: Apache-2.0
// A text as wrapped tokens, each tinted by a number; the first one that differs has a line before it.
#pragma once

#include "ui/theme/focus_ring.h"
#include "ui/theme/theme.h"
#include "ui/views/stale_delay.h"

#include <QListView>

namespace sinkscope::ui {

/// The roles of a model that the view shows beside the text.
struct TextViewRoles {
    int tint = -1; ///< double 0..1
    int emphasis = -1; ///< int: not 0 in the quiet colour
    int mark = -1; ///< bool: a line stands before it
};

/// Arrows, Home and End go through the tokens; Enter or a double click opens one. Owner: its parent. Threads:
/// GUI thread.
class GeneratedTextView : public QListView {
    Q_OBJECT
public:
    explicit GeneratedTextView(const TextViewRoles &roles, QWidget *parent = nullptr);

    void setTheme(const Theme &theme);
    void setFreshness(Freshness freshness) { m_stale.setFreshness(freshness); }
    bool isDimmed() const { return m_stale.isDimmed(); }
    void setEmptyText(const QString &text); ///< shown where there is none
    int heightOfLines(int lines) const;

    void setModel(QAbstractItemModel *model) override;

Q_SIGNALS:
    void opened(const QModelIndex &index);
    void currentMoved(const QModelIndex &index);

protected:
    void paintEvent(QPaintEvent *event) override;
    void keyPressEvent(QKeyEvent *event) override;
    void mouseDoubleClickEvent(QMouseEvent *event) override;
    void focusInEvent(QFocusEvent *event) override;
    void focusOutEvent(QFocusEvent *event) override;
    void currentChanged(const QModelIndex &current, const QModelIndex &previous) override;

private:
    class TokenDelegate;
    TokenDelegate *m_delegate;
    Theme m_theme;
    QString m_emptyText;
    StaleDelay m_stale;
    KeyboardFocus m_focus;
};

} // namespace sinkscope::ui
