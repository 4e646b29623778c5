// SPDX-License-Identifier: Apache-2.0
// Breaks tool tips into lines.
#include "ui/theme/tool_tip.h"

#include <QStringList>

namespace sinkscope::ui {

namespace {

constexpr int kMostCharacters = 56;

QStringList broken(const QString &line, int most)
{
    QStringList lines;
    for (const QString &word : line.split(QLatin1Char(' '))) {
        if (!lines.isEmpty() && lines.last().size() + 1 + word.size() <= most)
            lines.last() += QLatin1Char(' ') + word;
        else
            lines += word;
    }
    return lines;
}

} // namespace

QString inShortLines(const QString &text)
{
    QStringList lines;
    for (const QString &line : text.split(QLatin1Char('\n'))) {
        const QStringList fewest = broken(line, kMostCharacters);
        int most = kMostCharacters;
        while (most > 1 && broken(line, most - 1).size() == fewest.size())
            --most; // as many lines, of about equal length
        lines += broken(line, most);
    }
    return lines.join(QLatin1Char('\n'));
}

} // namespace sinkscope::ui
