// SPDX-License-Identifier: Apache-2.0
// Answer strings as one line of text.
#include "ui/state/answers_line.h"

#include <QtCore/QStringList>

namespace sinkscope::ui {

namespace {
const QLatin1String kSeparator("||");
}

std::vector<std::string> answersFromLine(const QString &line)
{
    std::vector<std::string> answers;
    for (const QString &part : line.split(kSeparator)) {
        if (!part.isEmpty())
            answers.push_back(part.toStdString());
    }
    return answers;
}

QString answersToLine(const std::vector<std::string> &answers)
{
    QStringList parts;
    for (const std::string &answer : answers)
        parts << QString::fromStdString(answer);
    return parts.join(kSeparator);
}

} // namespace sinkscope::ui
