// SPDX-License-Identifier: Apache-2.0
// A text that names things of any length, for a place of any width.
#pragma once

#include <QFontMetricsF>
#include <QString>
#include <QStringList>

namespace sinkscope::ui {

/// Forms of one text, the longest first, with %1, %2 where the names stand.
struct FittedText {
    QStringList forms;
    QStringList names;

    bool isEmpty() const { return forms.isEmpty(); }
    QString whole(int form) const; ///< that form with whole names
    bool operator==(const FittedText &) const = default;
};

/// The longest form that fits into `room` px. Where none does, the last one with its names cut in the middle,
/// so that each of them can still be told; where even that is too long, cut at its end. A last form without
/// names stands where the names would be cut too short to be told.
QString fitted(const FittedText &text, const QFontMetricsF &metrics, double room);

} // namespace sinkscope::ui
