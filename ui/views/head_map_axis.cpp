// SPDX-License-Identifier: Apache-2.0
// One axis of the head map: which tokens stand at which px, zoomed and scrolled.
#include "ui/views/head_map_axis.h"

#include <algorithm>
#include <array>
#include <cstdint>

namespace sinkscope::ui {

namespace {

constexpr std::array kSizes {1.0 / 64, 1.0 / 32, 1.0 / 16, 1.0 / 8, 1.0 / 4, 1.0 / 2, 1.0, 2.0, 3.0, 4.0, 6.0,
    8.0, 12.0, 16.0, 24.0, 32.0, 48.0, 72.0};
constexpr double kSame = 1e-6; ///< relative; sizes come from divisions of whole numbers

// First token of px `pixel` when `tokens` are spread over `pixels`.
int pooledFirst(int pixel, int tokens, int pixels)
{
    return int(std::int64_t(pixel) * tokens / pixels);
}

} // namespace

TokenSpan HeadMapAxis::spanOfContent(int pixel) const
{
    if (cell > 0)
        return {firstToken + pixel / cell, firstToken + pixel / cell};
    return {firstToken + pooledFirst(pixel, tokens, content),
        firstToken + pooledFirst(pixel + 1, tokens, content) - 1};
}

int HeadMapAxis::positionOf(int token) const
{
    const int index = token - firstToken;
    if (cell > 0)
        return index * cell - offset;
    if (tokens <= 0)
        return -offset;
    // The px whose span holds the token: the last with pooledFirst(px) <= token.
    return int(((std::int64_t(index) + 1) * content - 1) / tokens) - offset;
}

TokenSpan HeadMapAxis::visibleTokens() const
{
    return {spanAt(0).first, spanAt(std::min(visible, content - offset) - 1).last};
}

double HeadMapAxis::pxPerToken() const
{
    return tokens > 0 ? double(content) / tokens : 0.0;
}

HeadMapZoom zoomedIn(double pxPerToken)
{
    for (const double size : kSizes) {
        if (size > pxPerToken * (1.0 + kSame))
            return {size};
    }
    return {pxPerToken};
}

HeadMapZoom zoomedOut(double pxPerToken, double fitPxPerToken)
{
    for (auto size = kSizes.rbegin(); size != kSizes.rend(); ++size) {
        if (*size < pxPerToken * (1.0 - kSame))
            return *size > fitPxPerToken * (1.0 + kSame) ? HeadMapZoom {*size} : HeadMapZoom {};
    }
    return {};
}

int labelStepFor(double pxPerToken, int labelPx)
{
    for (int decade = 1; decade < 100000; decade *= 10) {
        for (const int factor : {1, 2, 5}) {
            if (decade * factor * pxPerToken >= labelPx)
                return decade * factor;
        }
    }
    return 100000;
}

} // namespace sinkscope::ui
