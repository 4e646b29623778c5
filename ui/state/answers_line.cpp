// SPDX-License-Identifier: Apache-2.0
// Answer strings as one line of text.
#include "ui/state/answers_line.h"

#include <QtCore/QStringList>

#include <algorithm>
#include <utility>

namespace sinkscope::ui {

namespace {
const QLatin1String kSeparator("||");
}

std::vector<std::string> answersFromLine(const QString &line)
{
    std::vector<std::string> answers;
    for (const QString &part : line.split(kSeparator)) {
        std::string answer = part.toStdString();
        if (!answer.empty() && std::find(answers.begin(), answers.end(), answer) == answers.end())
            answers.push_back(std::move(answer));
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
