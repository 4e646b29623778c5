// SPDX-License-Identifier: Apache-2.0
// From the points that the engine computed to the panels under the slider.
#include "ui/panels/curve_series.h"

#include "ui/models/edits_model.h"
#include "ui/theme/number_format.h"

#include <QtCore/QCoreApplication>

#include <algorithm>
#include <functional>

namespace sinkscope::ui {

namespace {

constexpr std::size_t kMostAnswers = 4; // as many dashes can be told apart
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

CurveSeries answerSeries(const CurveWish &wish)
{
    const std::size_t shown = std::min(wish.answers.size(), kMostAnswers);
    QString title = translated("Answer probability");
    if (shown < wish.answers.size())
        title = translated("Answer probability, the first %1 of %2").arg(shown).arg(wish.answers.size());
    CurveSeries answers {title, QString(), {}, CurveExtreme::None};
    for (std::size_t answer = 0; answer < shown; ++answer)
        answers.lines.push_back(line(wish.curveOrNull, visibleToken(wish.answers[answer]),
            [answer](const auto &point) -> std::optional<double> {
                return answer < point.answerProbabilities.size()
                    ? std::optional(point.answerProbabilities[answer])
                    : std::nullopt;
            }));
    return answers;
}

CurveSeries marginSeries(const CurveWish &wish)
{
    return {
        translated("Margin, %1 over %2").arg(spokenAnswer(wish.answers[0]), spokenAnswer(wish.answers[1])),
        translated("nats"),
        {line(wish.curveOrNull, QString(), [](const auto &point) { return point.margin; })},
        CurveExtreme::Highest, kLeastMarginSpan};
}

CurveSeries attentionSeries(const CurveWish &wish)
{
    CurveSeries attention {translated("%1, last row: attention entropy").arg(headName(wish.focus)),
        translated("nats"),
        {line(wish.entropyCurveOrNull, translated("whole row"),
             [](const auto &point) { return point.focusEntropyNats; }),
            line(wish.entropyCurveOrNull, translated("without key 0"),
                [](const auto &point) { return point.focusRestEntropyNats; })},
        CurveExtreme::None};
    attention.lines.back().isReference = true;
    return attention;
}

} // namespace

std::vector<CurveSeries> curveSeries(const CurveWish &wish)
{
    std::vector<CurveSeries> series;
    series.push_back({translated("Output entropy"), translated("nats"),
        {line(wish.entropyCurveOrNull, QString(), [](const auto &point) { return point.outputEntropyNats; })},
        CurveExtreme::Lowest});
    if (!wish.answers.empty())
        series.push_back(answerSeries(wish));
    const bool isCompact = wish.density == Density::Compact;
    if (wish.answers.size() >= 2 && !isCompact)
        series.push_back(marginSeries(wish));
    series.push_back(attentionSeries(wish));
    if (wish.answers.size() >= 2 && isCompact)
        series.push_back(marginSeries(wish));
    return series;
}

} // namespace sinkscope::ui
