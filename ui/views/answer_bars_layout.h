// SPDX-License-Identifier: Apache-2.0
// What the answer bars show and where their parts lie.
#pragma once

#include <QRectF>
#include <QString>

#include <optional>
#include <vector>

namespace sinkscope::ui {

/// One answer.
struct AnswerBar {
    QString text; ///< as shown: visibleToken() of the answer, leading space kept
    double p = 0.0; ///< of the whole string
    std::optional<double> baselineP; ///< absent: nothing is edited, no tick and no change
    /// ln p minus ln of the other answers' probability; absent: nothing to compare it with.
    std::optional<double> logOdds;
    std::optional<double> baselineLogOdds; ///< absent: nothing is edited
    int tokenCount = 1; ///< written below the bar when above 1
    bool tokenisesDifferentlyInContext = false; ///< marked below the bar
    bool hasNote() const { return tokenCount > 1 || tokenisesDifferentlyInContext; }
};

/// Notes stand below their bars, or where room is short as a mark beside the name.
enum class AnswerNotes { Below, Marks };

/// Columns and rows in px; y of the content, before scrolling.
struct AnswerBarsLayout {
    AnswerBarsLayout() = default;
    AnswerBarsLayout(const std::vector<AnswerBar> &answers, int width, double textScale,
        AnswerNotes notes = AnswerNotes::Below);

    QRectF rowRect(int row) const; ///< bar line and note
    QRectF labelRect(int row) const;
    QRectF barRect(int row) const; ///< the track: 0 to the scale's maximum
    QRectF noteRect(int row) const; ///< empty when the row has none
    double xOf(double p, double maximum) const;

    int width = 0;
    double labelRight = 0, barLeft = 0, barRight = 0; ///< columns
    double valueRight = 0, changeRight = 0; ///< right edges of the numbers
    double lineHeight = 0; ///< 24
    double noteHeight = 0;
    double barHeight = 0; ///< 12
    double headingsHeight = 0; ///< scale and column names, below the bars
    std::vector<double> rowTops; ///< [rows + 1]
    std::vector<char> hasNote; ///< [rows]
};

/// The next of 1, 2, 5 times a power of ten at or above every probability, 1 at most.
double answerScaleMaximum(const std::vector<AnswerBar> &answers);

} // namespace sinkscope::ui
