// SPDX-License-Identifier: Apache-2.0
// Geometry of the token strip: tokens side by side, wrapped, a bar under each.
#pragma once

#include <QPoint>
#include <QRect>

#include <algorithm>
#include <utility>
#include <vector>

namespace sinkscope::ui {

/// What the layout depends on.
struct TokenStripLayoutInput {
    std::vector<int> advances; ///< [T] px of each token's text
    std::vector<bool> endsLine; ///< [T] a line break follows; shorter: none follows
    int width = 0; ///< px of the viewport
    int textHeight = 22; ///< px of the place of a text, room for its frame included
    int marginX = 16; ///< px left and right
    int marginY = 4; ///< px above and below
};

/// Where each token and its bar stands, in content coordinates. Tokens of a line stand in order, never cut;
/// one that is wider than the strip has a line of its own. Validity: a value; pure geometry without painting.
class TokenStripLayout {
public:
    TokenStripLayout() = default;
    explicit TokenStripLayout(const TokenStripLayoutInput &input);

    int tokenCount() const { return int(m_tokens.size()); }
    QPoint textOrigin(int token) const; ///< left end of the text, top of its place
    QRect textRect(int token) const; ///< the place of the text, as wide as the bar
    QRect barRect(int token) const; ///< 6 px high, 1 px apart from its neighbours
    QRect hitRect(int token) const; ///< text and bar, up to the next token
    int tokenAt(QPoint content) const; ///< -1: none
    int lineOf(int token) const { return m_tokens[std::size_t(token)].line; }
    int lineCount() const { return int(m_firstOfLine.size()); }
    int linePitch() const { return m_pitch; }
    /// First and one past the last token of the lines that meet the rows top..bottom.
    std::pair<int, int> tokensBetween(int top, int bottom) const;
    int contentHeight() const { return heightOfLines(std::max(1, lineCount())); }
    int heightOfLines(int lines) const;
    /// Lines that stand whole in `height` px; at least one.
    int wholeLines(int height) const;
    int contentWidth() const { return m_contentWidth; }

private:
    struct Place {
        int x = 0;
        int width = 0; ///< up to the next token
        int line = 0;
    };
    int lineTop(int line) const { return m_in.marginY + line * m_pitch; }

    TokenStripLayoutInput m_in;
    std::vector<Place> m_tokens;
    std::vector<int> m_firstOfLine;
    int m_pitch = 0;
    int m_contentWidth = 0;
};

} // namespace sinkscope::ui
