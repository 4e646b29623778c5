// SPDX-License-Identifier: Apache-2.0
// Implements the geometry of the answer bars.
#include "ui/views/answer_bars_layout.h"

#include <algorithm>
#include <cmath>

namespace sinkscope::ui {
namespace {

// Columns of the design, from the left and from the right edge of the dock.
constexpr int kBarLeft = 112;
constexpr int kLabelGap = 8;
constexpr int kMargin = 16;
constexpr int kValueFromRight = 92; ///< "+4.1·10⁻⁵" and a gap fit beside it
constexpr int kBarFromRight = 162; ///< so does "3.72·10⁻⁴"
constexpr int kLeastBar = 24;
constexpr int kLine = 24;
constexpr int kNote = 14;
constexpr int kBar = 12;
constexpr int kHeadings = 18;

} // namespace

AnswerBarsLayout::AnswerBarsLayout(
    const std::vector<AnswerBar> &answers, int givenWidth, double textScale, AnswerNotes notes)
    : width(givenWidth)
{
    const auto scaled = [&](int px) { return std::round(px * textScale); };
    // Where room is short, names are cut first, never a number painted over a bar.
    const double barMost = width - scaled(kBarFromRight) - kLeastBar;
    barLeft = std::max(double(kMargin + kLabelGap), std::min(scaled(kBarLeft), barMost));
    labelRight = barLeft - kLabelGap;
    changeRight = width - kMargin;
    valueRight = width - kMargin - scaled(kValueFromRight - kMargin);
    barRight = std::max(barLeft + kLeastBar, width - scaled(kBarFromRight));
    lineHeight = scaled(kLine);
    noteHeight = scaled(kNote);
    barHeight = kBar;
    headingsHeight = scaled(kHeadings);
    double top = 0;
    rowTops.push_back(top);
    for (const AnswerBar &answer : answers) {
        const bool isBelow = notes == AnswerNotes::Below && answer.hasNote();
        hasNote.push_back(isBelow ? 1 : 0);
        top += lineHeight + (isBelow ? noteHeight : 0);
        rowTops.push_back(top);
    }
}

QRectF AnswerBarsLayout::rowRect(int row) const
{
    const double top = rowTops[std::size_t(row)];
    return {0, top, double(width), rowTops[std::size_t(row) + 1] - top};
}

QRectF AnswerBarsLayout::labelRect(int row) const
{
    return {double(kMargin), rowTops[std::size_t(row)], labelRight - kMargin, lineHeight};
}

QRectF AnswerBarsLayout::barRect(int row) const
{
    return {barLeft, rowTops[std::size_t(row)] + (lineHeight - barHeight) / 2, barRight - barLeft, barHeight};
}

QRectF AnswerBarsLayout::noteRect(int row) const
{
    if (!hasNote[std::size_t(row)]) {
        return {};
    }
    return {barLeft, rowTops[std::size_t(row)] + lineHeight - 3, changeRight - barLeft, noteHeight};
}

double AnswerBarsLayout::xOf(double p, double maximum) const
{
    return barLeft + std::clamp(p / maximum, 0.0, 1.0) * (barRight - barLeft);
}

double answerScaleMaximum(const std::vector<AnswerBar> &answers)
{
    double greatest = 0;
    for (const AnswerBar &answer : answers) {
        greatest = std::max({greatest, answer.p, answer.baselineP.value_or(0.0)});
    }
    if (greatest <= 0) {
        return 1.0;
    }
    const double decade = std::pow(10.0, std::floor(std::log10(greatest)));
    for (const double step : {1.0, 2.0, 5.0, 10.0}) {
        if (step * decade >= greatest * (1 - 1e-9)) {
            return std::min(1.0, step * decade);
        }
    }
    return 1.0;
}

} // namespace sinkscope::ui
