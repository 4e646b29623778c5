// SPDX-License-Identifier: Apache-2.0
// One axis of the head map: which tokens stand at which px, zoomed and scrolled.
#pragma once

namespace sinkscope::ui {

/// Tokens first..last (inclusive) that one px of the map stands for.
struct TokenSpan {
    int first = 0;
    int last = 0;
    bool operator==(const TokenSpan &) const = default;
};

/// Tokens in a row on `content` px, of which `visible` px from `offset` on are in view. Validity: a value.
struct HeadMapAxis {
    int firstToken = 0; ///< rows begin at 0, columns at 1
    int tokens = 0; ///< how many
    int cell = 0; ///< px of a token; 0: several tokens share a px
    int content = 0; ///< px of all tokens
    int visible = 0; ///< px in view
    int offset = 0; ///< px scrolled out at the start

    bool isPooled() const { return cell == 0; }
    /// Tokens of px `pixel` of the view (0 .. visible - 1).
    TokenSpan spanAt(int pixel) const { return spanOfContent(pixel + offset); }
    /// The same for px of the content (0 .. content - 1).
    TokenSpan spanOfContent(int pixel) const;
    /// First px of `token`, from the start of the view; negative or beyond `visible` where it is scrolled
    /// out.
    int positionOf(int token) const;
    /// Tokens that are in view, wholly or in part. Precondition: visible > 0.
    TokenSpan visibleTokens() const;
    double pxPerToken() const;
    int maximumOffset() const { return content > visible ? content - visible : 0; }
};

/// How large the tokens of the head map are.
struct HeadMapZoom {
    double pxPerToken = 0.0; ///< below 1: several tokens share a px; 0: the whole map fits in its room
    bool isFit() const { return pxPerToken <= 0.0; }
    bool operator==(const HeadMapZoom &) const = default;
};

/// The next larger size than `pxPerToken`: whole px a token, or whole tokens a px. Itself at the largest.
HeadMapZoom zoomedIn(double pxPerToken);
/// The next smaller one; fits at `fitPxPerToken` and below.
HeadMapZoom zoomedOut(double pxPerToken, double fitPxPerToken);

/// The smallest of 1, 2, 5, 10, 20, 50.. whose labels of `labelPx` do not touch at `pxPerToken`.
int labelStepFor(double pxPerToken, int labelPx);

} // namespace sinkscope::ui
