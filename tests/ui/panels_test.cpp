// SPDX-License-Identifier: Apache-2.0
// What the panels say and show while nothing is there yet, while a pass runs, and in each scope.
#include "tests/support/model_paths.h"
#include "tests/support/tiny_model.h"
#include "tests/ui/ui_driver.h"
#include "ui/panels/answers_edit.h"
#include "ui/views/factor_slider.h"

#include <QAbstractItemView>
#include <QLabel>
#include <QLineEdit>
#include <QPlainTextEdit>
#include <QToolButton>

#include <gtest/gtest.h>

using namespace sinkscope;
using namespace sinkscope::ui;
using namespace sinkscope::test;

namespace {

/// Whether every row of the list is inside its viewport.
bool showsAllRows(const QAbstractItemView &list)
{
    for (int row = 0; row < list.model()->rowCount(); ++row) {
        if (!list.viewport()->rect().contains(list.visualRect(list.model()->index(row, 0))))
            return false;
    }
    return list.model()->rowCount() > 0;
}

class PanelsAtSize : public testing::TestWithParam<QSize> { };

TEST_P(PanelsAtSize, TheLayerScopeShowsEveryHeadWithoutScrolling)
{
    const std::optional<std::string> path = defaultModelPath();
    if (!path)
        GTEST_SKIP() << "the default model is absent";
    UiDriver driver(QString::fromStdString(*path), UiDriver::shortSession(), GetParam());
    driver.selection().setScope(FactorScope::Layer);
    settle();
    auto &list = driver.find<QAbstractItemView>("layerList");
    EXPECT_EQ(list.model()->rowCount(), 9);
    EXPECT_TRUE(showsAllRows(list)) << list.viewport()->height();
    driver.dragSlider(2.0);
    settle();
    EXPECT_TRUE(showsAllRows(list)) << list.viewport()->height();
}

TEST_P(PanelsAtSize, AnswersDoNotMoveTheSlider)
{
    SessionValue session = UiDriver::shortSession();
    session.answers.clear();
    UiDriver driver(QString::fromStdString(writeTinyModel()), session, GetParam());
    ASSERT_TRUE(driver.waitComplete());
    settle();
    const auto top = [&driver] {
        const auto &slider = driver.find<FactorSlider>("factorSlider");
        return slider.mapTo(driver.window.get(), QPoint()).y();
    };
    const int before = top();
    for (const std::vector<std::string> &answers : {std::vector<std::string> {"a", "b"}, {}}) {
        driver.state().setAnswers(answers);
        ASSERT_TRUE(driver.waitComplete());
        settle();
        EXPECT_EQ(top(), before) << answers.size();
    }
}

TEST_P(PanelsAtSize, TheFirstEditMovesNothingInTheOutputPanel)
{
    SessionValue session = UiDriver::shortSession();
    UiDriver driver(QString::fromStdString(writeTinyModel()), session, GetParam());
    settle();
    const auto places = [&driver] {
        std::vector<QRect> rects;
        for (const char *name :
            {"answersLine", "answerBars", "outputFigures", "nextTokens", "factorSlider"}) {
            const auto &widget = driver.find<QWidget>(name);
            rects.emplace_back(widget.mapTo(driver.window.get(), QPoint()), widget.size());
        }
        return rects;
    };
    const std::vector<QRect> before = places();
    driver.dragSlider(2.0);
    ASSERT_TRUE(driver.waitComplete());
    settle();
    EXPECT_EQ(places(), before);
}

TEST_P(PanelsAtSize, TheNumberRowCutsNoText)
{
    UiDriver driver(QString::fromStdString(writeTinyModel()), UiDriver::shortSession(), GetParam());
    driver.state().setFactors(
        {{{LayerIndex(0), HeadIndex(0)}, 0.0123}, {{LayerIndex(0), HeadIndex(1)}, 0.0567}}, {});
    for (const FactorScope scope :
        {FactorScope::Head, FactorScope::Layer, FactorScope::Edited, FactorScope::All}) {
        driver.selection().setScope(scope);
        settle();
        for (const char *name : {"factorSubject", "lnFactor"}) {
            const auto &label = driver.find<QLabel>(name);
            EXPECT_GE(label.width(), label.sizeHint().width()) << name << ' ' << static_cast<int>(scope);
            EXPECT_GE(label.height(), label.sizeHint().height()) << name << ' ' << static_cast<int>(scope);
        }
    }
}

TEST_P(PanelsAtSize, AChatPromptLeavesTheMapItsRoom)
{
    const std::optional<std::string> path = defaultModelPath();
    if (!path)
        GTEST_SKIP() << "the default model is absent";
    SessionValue session = UiDriver::shortSession();
    session.prompt.form = PromptForm::Chat;
    for (int line = 0; line < 12; ++line)
        session.prompt.text += " the cat sat on the mat, and the cat sat on the mat, and";
    UiDriver driver(QString::fromStdString(*path), session, GetParam());
    settle();
    EXPECT_GE(driver.find<HeadMapView>("patternMap").height(), 360);
}

INSTANTIATE_TEST_SUITE_P(Both, PanelsAtSize, testing::Values(QSize(1280, 800), QSize(1920, 1080)));

TEST(Panels, ATokenThatIsAPieceOfACharacterIsWrittenAsItsBytes)
{
    UiDriver driver(QString::fromStdString(writeTinyModel()));
    const QAbstractItemModel &tokens = *driver.find<FigureTable>("nextTokens").model();
    int bytes = 0;
    for (int row = 0; row < tokens.rowCount(); ++row) {
        const QString text = tokens.index(row, NextTokensModel::kToken).data().toString();
        EXPECT_FALSE(text.contains(QChar(QChar::ReplacementCharacter))) << row;
        bytes += text.startsWith(QStringLiteral("\\x")) ? 1 : 0;
    }
    EXPECT_GT(bytes, 0); // half of the tiny vocabulary are bytes that are no character alone
}

TEST(Panels, TheAnswersLineShowsAndKeepsLeadingSpaces)
{
    UiDriver driver(QString::fromStdString(writeTinyModel()));
    auto &line = driver.find<AnswersEdit>("answersLine");
    EXPECT_EQ(line.text(), QStringLiteral(" the|| cat"));
    EXPECT_FALSE(line.shownWhileNotEdited().contains(QLatin1Char(' ')));
    line.setFocus();
    QTest::keyClick(&line, Qt::Key_End);
    QTest::keyClicks(&line, QStringLiteral("|| mat"));
    QTest::keyClick(&line, Qt::Key_Return);
    EXPECT_EQ(driver.state().session().answers, (std::vector<std::string> {" the", " cat", " mat"}));
}

TEST(Panels, AnEmptyNumberGivesThePresentOneBack)
{
    UiDriver driver(QString::fromStdString(writeTinyModel()));
    driver.dragSlider(2.0);
    auto &field = driver.find<FactorField>("factorField");
    auto &line = *field.findChild<QLineEdit *>();
    const QString before = line.text();
    field.setFocus();
    line.selectAll();
    QTest::keyClicks(&field, QStringLiteral("x"));
    QTest::keyClick(&field, Qt::Key_Return);
    EXPECT_FALSE(field.message().isEmpty());
    EXPECT_TRUE(driver.find<QLabel>("factorNote").isVisible());
    line.selectAll();
    QTest::keyClick(&field, Qt::Key_Delete);
    QTest::keyClick(&field, Qt::Key_Return);
    EXPECT_TRUE(field.message().isEmpty());
    EXPECT_EQ(line.text(), before);
}

TEST(Panels, AnEmptyPromptSaysWhosePictureItIs)
{
    UiDriver driver(QString::fromStdString(writeTinyModel()));
    driver.state().setPrompt(PromptSpec());
    auto &error = driver.find<QLabel>("promptError");
    ASSERT_TRUE(QTest::qWaitFor([&error] { return error.isVisible(); }, UiDriver::kPatienceMs));
    EXPECT_TRUE(error.text().contains(QStringLiteral("picture is of the former prompt")));
    EXPECT_TRUE(driver.find<HeadMapView>("patternMap").data().isStale);
    EXPECT_EQ(driver.find<HeatmapView>("headMap").data().firstStaleLayer, 0);
}

TEST(Panels, DifferencesAreLinearAndSayWhatLiesBeforeTheEdits)
{
    UiDriver driver(QString::fromStdString(writeTinyModel()));
    driver.clickHead(2, 1);
    driver.dragSlider(2.0);
    driver.clickHead(0, 1);
    ASSERT_TRUE(driver.waitComplete());
    driver.selection().setSide(Side::Difference);
    EXPECT_FALSE(driver.find<QToolButton>("scaleLog").isEnabled());
    const auto saysUnchanged = [&driver] {
        for (const PanelTitle *title : driver.window->findChildren<PanelTitle *>()) {
            if (title->remark().contains(QStringLiteral("lies before the edited layers")))
                return true;
        }
        return false;
    };
    EXPECT_TRUE(saysUnchanged());
    driver.clickHead(2, 1);
    EXPECT_FALSE(saysUnchanged());
    driver.selection().setSide(Side::Edited);
    EXPECT_TRUE(driver.find<QToolButton>("scaleLog").isEnabled());
}

TEST(Panels, TheScaleInUseIsTheOneHighlighted)
{
    UiDriver driver(QString::fromStdString(writeTinyModel()));
    driver.selection().setScale(PatternScale::Log);
    driver.selection().setSide(Side::Difference);
    const auto &linear = driver.find<QToolButton>("scaleLinear");
    const auto &log = driver.find<QToolButton>("scaleLog");
    EXPECT_TRUE(linear.isChecked());
    EXPECT_FALSE(log.isEnabled());
    EXPECT_TRUE(log.toolTip().contains(QStringLiteral("linear")));
    driver.selection().setSide(Side::Edited);
    EXPECT_TRUE(log.isChecked()); // the choice was kept
}

TEST(Panels, TheEntropyCurveStaysWhenTheAnswersChange)
{
    UiDriver driver(QString::fromStdString(writeTinyModel()));
    ASSERT_TRUE(driver.waitCurves());
    const auto &curves = driver.find<CurveView>("factorCurves");
    const QString before = curves.panelInWords(0);
    EXPECT_FALSE(before.contains(QStringLiteral("not computed")));
    EXPECT_TRUE(curves.progress().isEmpty());
    driver.state().setAnswers({" mat", " sat"});
    EXPECT_EQ(curves.panelInWords(0), before);
    EXPECT_TRUE(curves.panelInWords(1).contains(QStringLiteral("not computed"))); // these do depend on them
    EXPECT_TRUE(curves.progress().contains(QStringLiteral("computing 0 of 42")))
        << qPrintable(curves.progress());
    ASSERT_TRUE(driver.waitCurves());
    EXPECT_TRUE(curves.progress().isEmpty());
    EXPECT_FALSE(curves.panelInWords(1).contains(QStringLiteral("not computed")));
}

TEST(Panels, AResultThatWasThereIsNotCalledRecomputed)
{
    UiDriver driver(QString::fromStdString(writeTinyModel()));
    EXPECT_TRUE(driver.labelText("statusPass").startsWith(QStringLiteral("whole pass, ")));
    driver.dragSlider(2.0);
    ASSERT_TRUE(driver.waitComplete());
    EXPECT_TRUE(driver.labelText("statusPass").contains(QStringLiteral("layer")));
    driver.state().resetAllEdits();
    ASSERT_TRUE(driver.waitComplete());
    EXPECT_EQ(driver.labelText("statusPass"), QStringLiteral("result kept from before"));
}

class LongPrompt : public testing::Test {
protected:
    void SetUp() override
    {
        if (!defaultModelPath())
            GTEST_SKIP() << "the default model is absent";
        driver = std::make_unique<UiDriver>(QString::fromStdString(*defaultModelPath()));
        PromptSpec prompt;
        for (int word = 0; word < 1200; ++word)
            prompt.text += " the cat";
        driver->state().setPrompt(prompt);
    }
    bool waitProgress()
    {
        return QTest::qWaitFor(
            [this] { return driver->state().progress().value_or(0.0) > 0.0; }, UiDriver::kPatienceMs);
    }
    std::unique_ptr<UiDriver> driver;
};

TEST_F(LongPrompt, ItsTokensAndTheProgressAreShownAndCancelReturns)
{
    ASSERT_TRUE(waitProgress());
    const std::size_t former = driver->state().baseline()->prompt->ids.size();
    EXPECT_EQ(driver->find<TokenStripView>("tokenStrip").data().tokens.size(), 2400U);
    EXPECT_TRUE(driver->labelText("statusProgress").startsWith(QStringLiteral("computing 2,400 tokens, ")));
    EXPECT_TRUE(driver->find<HeadMapView>("patternMap").data().isStale);
    EXPECT_EQ(driver->find<HeatmapView>("headMap").data().firstStaleLayer, 0);
    QToolButton &cancel = driver->find<QToolButton>("cancelPassButton");
    ASSERT_TRUE(cancel.isVisible());
    cancel.click();
    EXPECT_EQ(driver->labelText("statusProgress"), QStringLiteral("cancelled"));
    EXPECT_FALSE(cancel.isVisible());
    EXPECT_EQ(driver->state().session().prompt.text, UiDriver::shortSession().prompt.text);
    EXPECT_EQ(driver->find<TokenStripView>("tokenStrip").data().tokens.size(), former);
    EXPECT_FALSE(driver->find<HeadMapView>("patternMap").data().isStale);
    driver->dragSlider(2.0); // and what was there can be used
    ASSERT_TRUE(driver->waitComplete());
    EXPECT_EQ(driver->state().baseline()->prompt->ids.size(), former);
    EXPECT_TRUE(driver->labelText("statusProgress").isEmpty());
}

TEST_F(LongPrompt, EscapeCancels)
{
    ASSERT_TRUE(waitProgress());
    QTest::keyClick(&driver->find<TokenStripView>("tokenStrip"), Qt::Key_Escape);
    EXPECT_TRUE(driver->state().isCancelled());
}

TEST(Panels, TheOutputIsDimmedSoonAfterAFirstMove)
{
    const std::optional<std::string> path = defaultModelPath();
    if (!path)
        GTEST_SKIP() << "the default model is absent";
    SessionValue session = UiDriver::shortSession();
    for (int word = 0; word < 300; ++word)
        session.prompt.text += " the cat";
    UiDriver driver(QString::fromStdString(*path), session);
    auto &figures = driver.find<FigureList>("outputFigures");
    const QImage before = figures.grab().toImage();
    driver.state().setFactors({{{LayerIndex(0), HeadIndex(0)}, 3.0}}, QStringLiteral("L0 H0"));
    settle(150); // 100 ms, and what a busy machine adds
    ASSERT_FALSE(driver.state().isFresh()); // a pass of 600 tokens takes longer
    EXPECT_NE(figures.grab().toImage(), before);
}

TEST_F(LongPrompt, QuittingMeanwhileIsPrompt)
{
    ASSERT_TRUE(waitProgress());
    QElapsedTimer clock;
    clock.start();
    driver.reset();
    EXPECT_LT(clock.elapsed(), 2000); // one layer of the pass at most
}

} // namespace
