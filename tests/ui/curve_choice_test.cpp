// SPDX-License-Identifier: Apache-2.0
// Which curves stand under the slider, what each of them shows, and that the choice is remembered.
#include "tests/support/tiny_model.h"
#include "tests/ui/ui_driver.h"
#include "ui/panels/curve_series.h"
#include "ui/views/curve_view.h"

#include <QAction>
#include <QTemporaryDir>

#include <fstream>
#include <gtest/gtest.h>

using namespace sinkscope;
using namespace sinkscope::ui;
using namespace sinkscope::test;

namespace {

const std::vector<CurveKind> kAll(kCurveKinds.begin(), kCurveKinds.end());

/// Two points whose figures all differ.
FactorCurve curveOfTwo()
{
    FactorCurve curve;
    curve.gammas = {0.5, 2.0};
    for (const double step : {0.0, 1.0}) {
        CurvePoint point;
        point.outputEntropyNats = 3.0 + step;
        point.answerProbabilities = {0.10 + step, 0.20 + step};
        point.margin = -0.5 + step;
        point.klFromBaselineNats = 0.25 + step;
        point.focusSinkMass = 0.75 - step / 4;
        point.focusEntropyNats = 1.5 + step;
        point.focusRestEntropyNats = 2.5 + step;
        curve.points.emplace_back(point);
    }
    return curve;
}

std::vector<CurveSeries> seriesOf(const FactorCurve &curve, std::vector<std::string> answers)
{
    return curveSeries({&curve, &curve, std::move(answers), {LayerIndex(3), HeadIndex(4)}, kAll});
}

void choose(UiDriver &driver, const char *action)
{
    driver.find<QAction>(action).trigger();
    settle();
}

} // namespace

TEST(CurveChoice, EachCurveShowsItsOwnFigure)
{
    const FactorCurve curve = curveOfTwo();
    const std::vector<CurveSeries> series = seriesOf(curve, {" a", " b"});
    ASSERT_EQ(series.size(), 6u);
    const auto value = [&](std::size_t panel, std::size_t line, std::size_t point) {
        return *series[panel].lines[line].points[point].value;
    };
    EXPECT_EQ(value(0, 0, 1), 4.0);
    EXPECT_EQ(value(1, 1, 0), 0.20);
    EXPECT_EQ(value(2, 0, 0), 1.5);
    EXPECT_EQ(value(2, 1, 0), 2.5);
    EXPECT_EQ(value(3, 0, 1), 0.5);
    EXPECT_EQ(value(4, 0, 0), 0.75);
    EXPECT_EQ(value(4, 0, 1), 0.5);
    EXPECT_EQ(value(5, 0, 0), 0.25);
    EXPECT_EQ(value(5, 0, 1), 1.25);
    EXPECT_EQ(series[3].title, QStringLiteral("Margin, a over b"));
    EXPECT_EQ(series[4].title, QStringLiteral("L3 H4, last row: attention to key 0"));
    EXPECT_EQ(series[5].title, QStringLiteral("KL from baseline"));
    EXPECT_EQ(series[5].unit, QStringLiteral("nats"));
    EXPECT_TRUE(series[4].unit.isEmpty()); // a share
}

TEST(CurveChoice, CurvesOfAnswersNeedAnswers)
{
    const FactorCurve curve = curveOfTwo();
    EXPECT_EQ(seriesOf(curve, {}).size(), 4u);
    EXPECT_EQ(seriesOf(curve, {" a"}).size(), 5u); // no margin
}

TEST(CurveChoice, NamesAreKeptInTheirOrder)
{
    EXPECT_EQ(curvesFromNames(curveNames(kAll)), kAll);
    EXPECT_EQ(curvesFromNames({QStringLiteral("divergence"), QStringLiteral("x"), QStringLiteral("margin")}),
        (std::vector {CurveKind::Margin, CurveKind::Divergence}));
    EXPECT_EQ(curvesFromNames({}), usualCurves());
}

TEST(CurveChoice, AMenuChoosesThemAndTheWindowRemembers)
{
    QTemporaryDir folder;
    const QString settings = folder.filePath(QStringLiteral("settings.ini"));
    const QString model = QString::fromStdString(writeTinyModel());
    {
        UiDriver driver(model, UiDriver::shortSession(), QSize(1280, 800), settings);
        const auto &curves = driver.find<CurveView>("factorCurves");
        ASSERT_EQ(curves.panelCount(), 4);
        choose(driver, "curve_divergence");
        choose(driver, "curve_sinkMass");
        EXPECT_EQ(curves.panelCount(), 6);
        EXPECT_TRUE(curves.panelInWords(5).startsWith(QStringLiteral("KL from baseline, nats")));
        for (const char *other : {"curve_outputEntropy", "curve_answers", "curve_margin",
                 "curve_attentionEntropy", "curve_sinkMass"})
            choose(driver, other);
        EXPECT_EQ(curves.panelCount(), 1);
        EXPECT_FALSE(driver.find<QAction>("curve_divergence").isEnabled()); // the last one stays
        choose(driver, "curve_sinkMass");
        EXPECT_TRUE(curves.panelInWords(0).contains(QStringLiteral("attention to key 0")));
    }
    UiDriver again(model, UiDriver::shortSession(), QSize(1280, 800), settings);
    EXPECT_EQ(again.find<CurveView>("factorCurves").panelCount(), 2);
}

TEST(CurveChoice, TheCurvesAreThoseOfTheEngine)
{
    UiDriver driver(QString::fromStdString(writeTinyModel()));
    choose(driver, "curve_divergence");
    choose(driver, "curve_sinkMass");
    driver.dragSlider(10.0);
    ASSERT_TRUE(driver.waitComplete());
    ASSERT_TRUE(driver.waitCurves());
    const HeadRef head = driver.selection().head();
    const auto &edited = *driver.state().edited();
    const FactorCurve &curve = *driver.bench->curves.factorCurve();
    const auto &ends = curve.gammas;
    const std::size_t ten = std::size_t(std::find_if(ends.begin(), ends.end(), [](double gamma) {
        return std::abs(gamma - 10.0) < 1e-6;
    }) - ends.begin());
    ASSERT_LT(ten, ends.size());
    constexpr double kSamePass = 1e-5; // a stack of variants against one pass, both fp32
    EXPECT_NEAR(curve.points[ten]->klFromBaselineNats, edited.klFromBaselineNats, kSamePass);
    EXPECT_NEAR(curve.points[ten]->focusSinkMass,
        edited.heads->sinkMassLast.at(head.layer.asSize(), head.head.asSize()), kSamePass);
    EXPECT_GT(edited.klFromBaselineNats, 0.0);
}

TEST(CurveChoice, CurvesGoOnAfterAModelThatCannotBeOpened)
{
    const std::string broken = temporaryPath("broken.gguf");
    std::ofstream(broken) << "no model";
    UiDriver driver(QString::fromStdString(writeTinyModel()));
    driver.clickHead(2, 1); // a curve that is not there yet
    driver.window->openModel(QString::fromStdString(broken));
    ASSERT_TRUE(QTest::qWaitFor([&] { return !driver.prompts.errors.empty(); }, UiDriver::kPatienceMs));
    EXPECT_TRUE(driver.waitCurves());
    EXPECT_TRUE(driver.find<CurveView>("factorCurves").progress().isEmpty());
}
