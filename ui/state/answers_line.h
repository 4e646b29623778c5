// SPDX-License-Identifier: Apache-2.0
// Answer strings as one line of text: " negative|| positive".
#pragma once

#include <QtCore/QString>

#include <string>
#include <vector>

namespace sinkscope::ui {

/// Splits at "||"; leading and trailing spaces belong to the answers, empty ones and repetitions are left
/// out.
std::vector<std::string> answersFromLine(const QString &line);
QString answersToLine(const std::vector<std::string> &answers);

} // namespace sinkscope::ui
