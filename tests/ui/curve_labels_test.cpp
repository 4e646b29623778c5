// SPDX-License-Identifier: Apache-2.0
// The words of the curves: names of lines, titles, notes at extremes, and that none stands over another.
#include "tests/ui/curve_samples.h"
#include "ui/theme/theme.h"
#include "ui/views/curve_labels.h"
#include "ui/views/curve_view.h"

#include <QTest>

#include <gtest/gtest.h>

#include <cmath>
#include <functional>

using namespace sinkscope::ui;

namespace {

/// Lines on one another, as of an answer that nobody expects.
CurveSeries answers(const QStringList &names)
{
    CurveSeries series {QStringLiteral("Answer probability"), {}, {}, CurveExtreme::None};
    for (const QString &name : names) {
        series.lines.push_back(lineOf([](double) { return 0.2; }));
        series.lines.back().label = name;
    }
    return series;
}

const QStringList kThree {
    QStringLiteral("·negative"), QStringLiteral("·positive"), QStringLiteral("·neutral")};
const QString kLong = QStringLiteral("·a very long answer of many words that no column has room for");

/// One panel of a view `width` px wide.
struct Panel {
    Panel(const CurveSeries &shown, int width, const CurveRange &shownRange)
        : series(shown)
        , metrics(Theme().type().axis)
        , axis(FactorAxis::forPanel(width, 1.0))
        , legend(spreadLegend(series, {axis, metrics, kLegendRow}))
        , layout({width, 440}, axis, {legend.rows}, 1.0)
        , range(shownRange)
    {
    }
    std::vector<CurveLabel> labels(double lineX = 0.0, const QString &progress = {}) const
    {
        return placeLabels({layout, 0, series, legend, range, progress}, lineX, metrics);
    }
    std::optional<CurveLabel> note(double lineX = 0.0) const
    {
        for (const CurveLabel &label : labels(lineX)) {
            if (label.kind == CurveLabel::Kind::Extreme || label.kind == CurveLabel::Kind::Border) {
                return label;
            }
        }
        return std::nullopt;
    }
    CurveSeries series;
    QFontMetricsF metrics;
    FactorAxis axis;
    CurveLegend legend;
    CurveLayout layout;
    CurveRange range;
};

} // namespace

TEST(CurveLabels, EveryLineHasItsNameAndNoneStandsOverAnother)
{
    for (const int width : {264, 280, 318, 328, 448}) {
        for (const QStringList &names : {QStringList {kThree[0]}, QStringList {kThree[0], kThree[1]}, kThree,
                 QStringList {kLong, kLong + QStringLiteral("!"), kThree[0], kLong}}) {
            const Panel panel(answers(names), width, {0.0, 0.4});
            const std::vector<CurveLabel> labels = panel.labels();
            std::vector<int> named;
            for (const CurveLabel &label : labels) {
                if (label.kind == CurveLabel::Kind::Line) {
                    named.push_back(label.line);
                    EXPECT_GE(label.rect.width(),
                        kLineSampleWidth + std::floor(panel.metrics.horizontalAdvance(label.text)))
                        << width;
                }
                EXPECT_GE(label.rect.left(), panel.axis.offX) << width;
                EXPECT_LE(label.rect.right(), panel.axis.highX + 1) << width << qPrintable(label.text);
                EXPECT_LE(label.rect.bottom(), panel.layout.panels[0].plot.top() + 1) << width;
            }
            ASSERT_EQ(named.size(), std::size_t(names.size()));
            for (std::size_t line = 0; line < named.size(); ++line) {
                EXPECT_EQ(named[line], int(line)); // in the order of the answers
            }
            for (std::size_t first = 0; first < labels.size(); ++first) {
                for (std::size_t second = first + 1; second < labels.size(); ++second) {
                    EXPECT_FALSE(labels[first]
                                     .rect.adjusted(1, 1, -1, -1)
                                     .intersects(labels[second].rect.adjusted(1, 1, -1, -1)))
                        << width << qPrintable(labels[first].text + labels[second].text);
                }
            }
        }
    }
}

TEST(CurveLabels, NamesStandBesideTheTitleWhereAllFitElseBelowIt)
{
    EXPECT_EQ(Panel(answers({kThree[0], kThree[1]}), 448, {0.0, 0.4}).legend.rows, 0);
    EXPECT_EQ(Panel(answers(kThree), 328, {0.0, 0.4}).legend.rows, 1);
    EXPECT_EQ(Panel(answers({kLong, kLong, kLong}), 328, {0.0, 0.4}).legend.rows, 2);
    EXPECT_EQ(Panel(bowl(), 328, {3.0, 4.0}).legend.rows, 0);
    EXPECT_TRUE(Panel(bowl(), 328, {3.0, 4.0}).legend.names.empty());
}

TEST(CurveLabels, NamesDoNotMoveWithTheValuesNorWithTheHandle)
{
    CurveSeries other = answers(kThree);
    for (PlottedPoint &point : other.lines[1].points) {
        point.value = 0.35;
    }
    const Panel before(answers(kThree), 328, {0.0, 0.4});
    const Panel after(other, 328, {0.0, 0.4});
    for (const double lineX : {100.0, 150.0, 200.0, 300.0}) {
        for (std::size_t label = 0; label < 4; ++label) { // title and names
            EXPECT_EQ(before.labels(50.0)[label].rect, after.labels(lineX)[label].rect);
        }
    }
}

TEST(CurveLabels, TheNoteStepsAsideFromTheAccentLineOnly)
{
    for (const auto &[series, range] : {std::pair {bowl(), CurveRange {3.0, 4.0}},
             std::pair {falling(), CurveRange {0.0, 0.5}}}) { // an extreme inside, and one at the border
        const Panel panel(series, 448, range);
        const double dotX = panel.axis.xOf(findExtreme(series.lines.front(), CurveExtreme::Lowest)->factor);
        const auto free = panel.note(panel.axis.xOf(0.01));
        ASSERT_TRUE(free);
        EXPECT_EQ(panel.note(panel.axis.xOf(0.02))->rect, free->rect); // far away: nothing moves
        for (double log = -2.0; log <= 2.0; log += 0.05) {
            const double x = panel.axis.xOf(std::pow(10.0, log));
            const auto note = panel.note(x);
            if (!note) {
                continue; // no room near the dot: no words
            }
            EXPECT_LE(note->rect.left() - dotX, 40) << log;
            EXPECT_LE(dotX - note->rect.right(), 40) << log;
            EXPECT_TRUE(x <= note->rect.left() - 5 || x >= note->rect.right() + 5) << log; // half a ring
            EXPECT_LE(note->rect.right(), panel.layout.panels[0].plot.right() + 1) << log;
        }
    }
}

TEST(CurveLabels, ANoteWithoutRoomInThePlotStandsInTheRowOfTheTitle)
{
    // Lines all over the plot: nothing can be written in it.
    CurveSeries crowded = falling();
    crowded.title = QStringLiteral("Margin");
    for (int line = 0; line < 12; ++line) {
        crowded.lines.push_back(lineOf([line](double) { return 0.5 * line / 11.0; }));
    }
    const Panel panel(crowded, 328, {0.0, 0.5});
    const auto note = panel.note();
    ASSERT_TRUE(note);
    EXPECT_EQ(note->kind, CurveLabel::Kind::Border);
    EXPECT_EQ(note->text, QStringLiteral("▷ still falling at 100")); // the mark itself, and what it says
    EXPECT_TRUE(panel.layout.panels[0].title.contains(note->rect.center()));
}

TEST(CurveLabels, TheMarginNamesBothAnswersInEveryWidth)
{
    CurveSeries margin {QStringLiteral("Margin, negative over positive"), QStringLiteral("nats"),
        {lineOf([](double) { return 1.0; })}, CurveExtreme::None};
    margin.shorterTitle = {{QStringLiteral("Margin, %1 over %2"), QStringLiteral("Margin, %1 / %2")},
        {QStringLiteral("negative"), QStringLiteral("positive")}};
    EXPECT_EQ(Panel(margin, 448, {0.0, 1.0}).labels().front().text,
        QStringLiteral("Margin, negative over positive, nats"));
    for (const int width : {240, 280, 318, 328}) {
        const Panel panel(margin, width, {0.0, 1.0});
        const CurveLabel title = panel.labels().front();
        EXPECT_TRUE(title.text.startsWith(QLatin1String("Margin, n"))) << width << qPrintable(title.text);
        EXPECT_TRUE(title.text.contains(QLatin1String("over p")) || title.text.contains(QLatin1String("/ p")))
            << width << qPrintable(title.text);
        EXPECT_LE(title.rect.right(), panel.axis.highX + 1) << width;
    }
    margin.shorterTitle.names = QStringList {kLong, kThree[0]};
    margin.title = margin.shorterTitle.whole(0);
    const QString cut = Panel(margin, 328, {0.0, 1.0}).labels().front().text;
    EXPECT_TRUE(cut.startsWith(QStringLiteral("Margin, ·a "))) << qPrintable(cut);
    EXPECT_TRUE(cut.contains(QStringLiteral("/ ·ne"))) << qPrintable(cut);
}

TEST(FittedText, TakesTheLongestFormThatFits)
{
    const QFontMetricsF metrics(Theme().type().axis);
    const FittedText text {{QStringLiteral("from %1 to %2"), QStringLiteral("%1-%2")},
        {QStringLiteral("%2 wide"), QStringLiteral("narrow")}}; // a name is never read as a form
    EXPECT_EQ(fitted(text, metrics, 1000), QStringLiteral("from %2 wide to narrow"));
    EXPECT_EQ(fitted(text, metrics, metrics.horizontalAdvance(QStringLiteral("%2 wide-narrow"))),
        QStringLiteral("%2 wide-narrow"));
    const QString cut = fitted(text, metrics, metrics.horizontalAdvance(QStringLiteral("%2 w-narr")));
    EXPECT_EQ(cut.count(QChar(0x2026)), 2) << qPrintable(cut); // both give way
    EXPECT_LE(metrics.horizontalAdvance(fitted(text, metrics, 20)), 20);
}

TEST(CurveExtremes, EveryBasinIsFoundAndSaid)
{
    // cos(2 pi x / 2) has minima at log10 factor = -1 and 1; the slope makes that at -1 the lower one.
    constexpr double kPi = 3.14159265358979323846;
    const CurveLine line = lineOf([](double log) { return 3.0 + std::cos(kPi * log) + 0.05 * log; });
    const auto basins = findExtremes(line, CurveExtreme::Lowest);
    ASSERT_EQ(basins.size(), 2u);
    EXPECT_NEAR(basins[0].factor, 0.1, 1e-9);
    EXPECT_NEAR(basins[1].factor, 10.0, 1e-9);
    EXPECT_EQ(extremesInWords(line, CurveExtreme::Lowest), QStringLiteral("lowest, at 0.10 (2 minima)"));
    EXPECT_EQ(extremesInFull(line, CurveExtreme::Lowest),
        QStringLiteral("lowest, at 0.10 (2 minima: at 0.10, 10.0)"));
    // Its peaks: the two ends of the axis and the middle, of which the upper end is the highest.
    const auto peaks = findExtremes(line, CurveExtreme::Highest);
    ASSERT_EQ(peaks.size(), 3u);
    EXPECT_EQ(peaks[0].place, CurveExtremePoint::Place::AtLowest);
    EXPECT_EQ(peaks[1].place, CurveExtremePoint::Place::Inside);
    EXPECT_EQ(peaks[2].place, CurveExtremePoint::Place::AtHighest);
    EXPECT_EQ(peaks[2], *findExtreme(line, CurveExtreme::Highest));
}

TEST(CurveExtremes, ADentThatCannotBeSeenIsNoBasin)
{
    const auto dented = [](double depth) {
        return lineOf([depth](double log) { return -0.25 * log - (std::abs(log) < 0.05 ? depth : 0.0); });
    };
    // Falls by 1 over the axis; the dent's far side rises by `depth` less the 0.025 of one step.
    EXPECT_EQ(findExtremes(dented(0.04), CurveExtreme::Lowest).size(), 1u);
    EXPECT_EQ(findExtremes(dented(0.06), CurveExtreme::Lowest).size(), 2u);
}

TEST(CurveExtremes, AnEndOfTheAxisIsExplained)
{
    const QString words = extremesInFull(falling().lines.front(), CurveExtreme::Lowest);
    EXPECT_TRUE(words.startsWith(QLatin1String("still falling at 100"))) << qPrintable(words);
    EXPECT_TRUE(words.contains(QStringLiteral("▷ at the end of the axis"))) << qPrintable(words);
    EXPECT_TRUE(words.contains(QLatin1String("the minimum may lie beyond 100"))) << qPrintable(words);
    CurveView view;
    view.resize(328, 200);
    view.setSeries({falling()});
    EXPECT_TRUE(view.panelInWords(0).contains(QLatin1String("may lie beyond 100")));
}
