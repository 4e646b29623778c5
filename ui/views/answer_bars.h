// SPDX-License-Identifier: Apache-2.0
// The answers' probabilities as bars with a tick where the baseline stands.
#pragma once

#include "ui/theme/focus_ring.h"
#include "ui/theme/theme.h"
#include "ui/views/answer_bars_layout.h"
#include "ui/views/stale_delay.h"

#include <QAbstractScrollArea>

namespace sinkscope::ui {

/// Paints up to 20 answers, scrolling where they do not fit. Takes the whole width of its dock: the 16 px
/// margins are inside. Owner: its parent. Threads: GUI thread.
class AnswerBars : public QAbstractScrollArea {
    Q_OBJECT
public:
    explicit AnswerBars(QWidget *parent = nullptr);

    void setTheme(const Theme &theme);
    void setAnswers(const std::vector<AnswerBar> &answers);
    const std::vector<AnswerBar> &answers() const { return m_answers; }
    /// Older than the slider: dims after 100 ms.
    void setFreshness(Freshness freshness) { m_stale.setFreshness(freshness); }
    /// Between these the scale may grow, never shrink.
    void beginDrag();
    void endDrag();

    double scaleMaximum() const { return m_maximum; } ///< right end of the bars
    QString answerInWords(int row) const;
    const AnswerBarsLayout &layoutForTest() const { return m_layout; }

    /// Height with which the first `rows` answers stand without scrolling, in px.
    int heightFor(int rows) const;
    /// The same for answers of one token and, with a note, of several tokens.
    int heightOf(int ofOneToken, int ofSeveral) const;
    QSize sizeHint() const override; ///< up to 6 answers without scrolling
    QSize minimumSizeHint() const override; ///< 2 answers

protected:
    bool viewportEvent(QEvent *event) override;
    void paintEvent(QPaintEvent *event) override;
    void resizeEvent(QResizeEvent *event) override;
    void keyPressEvent(QKeyEvent *event) override;
    void focusInEvent(QFocusEvent *event) override;
    void focusOutEvent(QFocusEvent *event) override;
    void changeEvent(QEvent *event) override;

private:
    void relayout();
    void updateScale();
    void paintRow(QPainter &painter, int row) const;
    void paintHeadings(QPainter &painter) const;

    Theme m_theme;
    std::vector<AnswerBar> m_answers;
    AnswerBarsLayout m_layout;
    StaleDelay m_stale;
    KeyboardFocus m_focus;
    double m_maximum = 1.0;
    bool m_held = false;
};

} // namespace sinkscope::ui
