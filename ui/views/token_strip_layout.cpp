// SPDX-License-Identifier: Apache-2.0
// Geometry of the token strip.
#include "ui/views/token_strip_layout.h"

namespace sinkscope::ui {

namespace {

constexpr int kPadLeft = 3; ///< bar's left end to the text
constexpr int kPadRight = 1;
constexpr int kBarGap = 1;
constexpr int kBarHeight = 6;
constexpr int kLineGap = 4;
constexpr int kLeastAdvance = 4; ///< an invisible token can still be hit

} // namespace

TokenStripLayout::TokenStripLayout(const TokenStripLayoutInput &input)
    : m_in(input)
    , m_pitch(input.textHeight + kBarHeight + kLineGap)
{
    const int end = m_in.width - m_in.marginX;
    int x = m_in.marginX;
    bool startsLine = true;
    m_tokens.reserve(m_in.advances.size());
    for (std::size_t token = 0; token < m_in.advances.size(); ++token) {
        const int width = kPadLeft + std::max(kLeastAdvance, m_in.advances[token]) + kPadRight + kBarGap;
        const bool breaksAfter = token < m_in.endsLine.size() && m_in.endsLine[token];
        // The mark of a line's end may hang over into the margin rather than stand alone.
        const int limit = breaksAfter ? std::max(end, m_in.width - 1) : end;
        if (startsLine || x + width - kBarGap > limit) {
            x = m_in.marginX;
            m_firstOfLine.push_back(int(token));
        }
        m_tokens.push_back({x, width, lineCount() - 1});
        x += width;
        m_contentWidth = std::max(m_contentWidth, x + (breaksAfter ? 0 : m_in.marginX - kBarGap));
        startsLine = breaksAfter;
    }
}

QPoint TokenStripLayout::textOrigin(int token) const
{
    return textRect(token).topLeft() + QPoint(kPadLeft, 0);
}

QRect TokenStripLayout::textRect(int token) const
{
    const Place &place = m_tokens[std::size_t(token)];
    return {place.x, lineTop(place.line), place.width - kBarGap, m_in.textHeight};
}

QRect TokenStripLayout::barRect(int token) const
{
    const QRect text = textRect(token);
    return {text.left(), text.bottom() + 1, text.width(), kBarHeight};
}

QRect TokenStripLayout::hitRect(int token) const
{
    const Place &place = m_tokens[std::size_t(token)];
    return {place.x, lineTop(place.line), place.width, m_in.textHeight + kBarHeight};
}

std::pair<int, int> TokenStripLayout::tokensBetween(int top, int bottom) const
{
    if (m_tokens.empty() || bottom < m_in.marginY)
        return {0, 0};
    const int last = std::min((bottom - m_in.marginY) / m_pitch, lineCount() - 1);
    const int first = std::clamp((top - m_in.marginY) / m_pitch, 0, lineCount());
    if (first > last)
        return {0, 0};
    const int end = last + 1 < lineCount() ? m_firstOfLine[std::size_t(last) + 1] : tokenCount();
    return {m_firstOfLine[std::size_t(first)], end};
}

int TokenStripLayout::tokenAt(QPoint content) const
{
    const auto [first, end] = tokensBetween(content.y(), content.y());
    for (int token = first; token < end; ++token) {
        if (hitRect(token).contains(content))
            return token;
    }
    return -1;
}

int TokenStripLayout::heightOfLines(int lines) const
{
    return 2 * m_in.marginY + lines * m_pitch - kLineGap;
}

int TokenStripLayout::wholeLines(int height) const
{
    return std::max(1, (height - 2 * m_in.marginY + kLineGap) / std::max(1, m_pitch));
}

} // namespace sinkscope::ui
