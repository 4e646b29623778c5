// SPDX-License-Identifier: Apache-2.0
// From the points that the engine computed to the panels under the slider.
#include "ui/panels/curve_series.h"

#include "ui/models/edits_model.h"
#include "ui/theme/number_format.h"

#include <QtCore/QCoreApplication>

#include <functional>

namespace sinkscope::ui {

namespace {

constexpr double kLeastMarginSpan = 0.5; // nats; a smaller change of log-odds hardly moves an answer

using Reading = std::function<std::optional<double>(const CurvePoint &)>;

QString translated(const char *text)
{
    return QCoreApplication::translate("CurveSeries", text);
}

CurveLine line(const FactorCurve *curveOrNull, const QString &label, const Reading &reading)
{
    CurveLine result;
    result.label = label;
    for (std::size_t index = 0; curveOrNull && index < curveOrNull->gammas.size(); ++index) {
        const auto &point = curveOrNull->points[index];
        result.points.push_back({curveOrNull->gammas[index], point ? reading(*point) : std::nullopt});
    }
    return result;
}

/// In a sentence: without the leading space.
QString spokenAnswer(const std::string &answer)
{
    return QString::fromStdString(answer).simplified();
}

} // namespace

std::vector<CurveSeries> curveSeries(const CurveWish &wish)
{
    std::vector<CurveSeries> series;
    series.push_back({translated("Output entropy"), translated("nats"),
        {line(wish.curveOrNull, QString(), [](const auto &point) { return point.outputEntropyNats; })},
        CurveExtreme::Lowest});
    const bool hasMargin = wish.answers.size() >= 2;
    if (!wish.answers.empty() && !(wish.density == Density::Compact && hasMargin)) {
        CurveSeries answers {translated("Answer probability"), QString(), {}, CurveExtreme::None};
        for (std::size_t answer = 0; answer < wish.answers.size() && answer < 4; ++answer)
            answers.lines.push_back(line(wish.curveOrNull, visibleToken(wish.answers[answer]),
                [answer](const auto &point) -> std::optional<double> {
                    return answer < point.answerProbabilities.size()
                        ? std::optional(point.answerProbabilities[answer])
                        : std::nullopt;
                }));
        series.push_back(answers);
    }
    if (hasMargin)
        series.push_back({translated("Margin, %1 over %2")
                              .arg(spokenAnswer(wish.answers[0]), spokenAnswer(wish.answers[1])),
            translated("nats"),
            {line(wish.curveOrNull, QString(), [](const auto &point) { return point.margin; })},
            CurveExtreme::Highest, kLeastMarginSpan});
    CurveSeries attention {translated("%1, last row: attention entropy").arg(headName(wish.focus)),
        translated("nats"),
        {line(wish.curveOrNull, translated("whole row"),
             [](const auto &point) { return point.focusEntropyNats; }),
            line(wish.curveOrNull, translated("without key 0"),
                [](const auto &point) { return point.focusRestEntropyNats; })},
        CurveExtreme::None};
    attention.lines.back().isReference = true;
    series.push_back(attention);
    return series;
}

} // namespace sinkscope::ui
