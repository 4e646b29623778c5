// SPDX-License-Identifier: Apache-2.0
// The prompt as tokens, each over a bar of the weight with which the current query reads it.
#pragma once

#include "ui/theme/focus_ring.h"
#include "ui/theme/theme.h"
#include "ui/views/colour_scale.h"
#include "ui/views/shared_floats.h"
#include "ui/views/token_strip_layout.h"

#include <QAbstractScrollArea>
#include <QStaticText>

#include <optional>
#include <vector>

namespace sinkscope::ui {

/// One token of the strip.
struct StripToken {
    QString text; ///< as shown: visibleToken()
    int id = -1; ///< -1: unknown
    bool endsLine = false; ///< a line break follows
};

/// What the bars show of the chosen token.
enum class StripReading { Paid, Received };

struct TokenStripData {
    std::vector<StripToken> tokens; ///< [T]
    int query = -1; ///< the chosen token; -1: none
    StripReading reading = StripReading::Paid;
    /// Paid: [query + 1] what it reads. Received: [T] how much each token reads it, NaN before it. Empty: not
    /// captured, no bars.
    SharedFloats weights;
    ColourScale scale; ///< of the keys other than 0: the same as the head map's
    bool keyZeroApart = true; ///< key 0 on the sink ramp, 0..1
    bool isDifference = false; ///< weights are changes: diverging colours for all keys
    bool isStale = false;
};

/// Paints the prompt's tokens. Owner: its parent. Threads: GUI thread.
class TokenStripView : public QAbstractScrollArea {
    Q_OBJECT
public:
    explicit TokenStripView(QWidget *parent = nullptr);

    void setTheme(const Theme &theme);
    void setData(const TokenStripData &data);
    const TokenStripData &data() const { return m_data; }
    /// A key pointed at or pinned elsewhere (the map): framed in the accent.
    void setLinkedKey(std::optional<int> key);
    std::optional<int> linkedKey() const { return m_linkedKey; }

    QString tokenInWords(int token) const;
    const TokenStripLayout &layoutForTest() const { return m_layout; }
    QPoint viewportPoint(int token) const; ///< centre of a token in viewport px (tests)
    int tokenAt(QPoint viewportPx) const { return m_layout.tokenAt(viewportPx + scrolled()); } ///< -1: none
    QColor barColour(int token) const;
    bool isMasked(int token) const; ///< no attention is possible between it and the chosen token
    /// A line round the bar where its colour alone would not stand out from the canvas (3:1).
    std::optional<QColor> barRim(int token) const;
    /// The lines in view: none is cut in two, whatever the height.
    int wholeLines(int height) const { return m_layout.wholeLines(height); }
    /// Height that shows all lines at `width`.
    int heightFor(int width) const;
    /// px of `lines` lines.
    int heightOfLines(int lines) const { return m_layout.heightOfLines(lines); }

    QSize sizeHint() const override;
    QSize minimumSizeHint() const override;

Q_SIGNALS:
    void tokenHovered(int token); ///< -1 when the mouse left
    void queryChosen(int token);

protected:
    bool event(QEvent *event) override;
    bool viewportEvent(QEvent *event) override;
    void paintEvent(QPaintEvent *event) override;
    void resizeEvent(QResizeEvent *event) override;
    void mousePressEvent(QMouseEvent *event) override;
    void mouseMoveEvent(QMouseEvent *event) override;
    void keyPressEvent(QKeyEvent *event) override;
    void focusInEvent(QFocusEvent *event) override;
    void focusOutEvent(QFocusEvent *event) override;
    void changeEvent(QEvent *event) override;

private:
    void prepareTexts();
    TokenStripLayout layoutFor(int width) const;
    QPoint scrolled() const;
    void relayout();
    void chooseBar();
    void fitWholeLines();
    void paintToken(QPainter &painter, int token) const;
    void paintBar(QPainter &painter, int token) const;
    const QFont &fontOf(int token) const;
    void showToken(int token);
    void setHovered(int token);
    void describeCurrent();

    Theme m_theme;
    TokenStripData m_data;
    TokenStripLayout m_layout;
    std::vector<QStaticText> m_texts; ///< [T]
    std::vector<int> m_advances; ///< [T] px
    std::optional<int> m_linkedKey;
    int m_hovered = -1;
    KeyboardFocus m_focus;
};

} // namespace sinkscope::ui
