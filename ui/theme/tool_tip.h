// SPDX-License-Identifier: Apache-2.0
// Tool tips in lines that are read at a glance; Qt leaves a plain text in one line, however long.
#pragma once

#include <QString>

namespace sinkscope::ui {

/// `text` broken at spaces into lines of about equal length, at most 56 characters each (longer words stay
/// whole). Line ends of `text` stay.
QString inShortLines(const QString &text);

} // namespace sinkscope::ui
