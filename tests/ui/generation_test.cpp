// SPDX-License-Identifier: Apache-2.0
// Text after the prompt, generated in the real window over the real engine.
#include "core/model/generate.h"
#include "core/model/prepare_edits.h"
#include "tests/support/model_session.h"
#include "tests/support/tiny_model.h"
#include "tests/ui/ui_driver.h"
#include "ui/models/roles.h"
#include "ui/panels/generation_panel.h"

#include <QAbstractItemModelTester>
#include <QAction>
#include <QClipboard>
#include <QDockWidget>
#include <QGuiApplication>
#include <QPushButton>
#include <QToolButton>

#include <gtest/gtest.h>

using namespace sinkscope;
using namespace sinkscope::ui;
using namespace sinkscope::test;

namespace {

QString modelWithRoom()
{
    TinyModelOptions options;
    options.layers = 16; // slow enough, and with
    options.contextLength = 2048; // enough tokens for a text that is on its way while it is stopped
    return QString::fromStdString(writeTinyModel(options));
}

/// What `generate` of the command line gives for the window's session.
std::vector<TokenId> textOf(const AppState &state, const Intervention &asked, const SamplingOptions &options)
{
    test::ModelSession session(state.model()->path);
    const TokenizedPrompt prompt = tokenizePrompt(session.model(), state.session().prompt);
    const Intervention edits = prepareEdits(session.transformer(), asked, prompt.ids, nullptr, {}).value();
    const auto pass = session.run(prompt.ids, &edits);
    return generate(session.transformer(), *pass, &edits, options, {});
}

class GenerationTest : public testing::Test {
protected:
    QDockWidget &open()
    {
        auto &dock = driver.find<QDockWidget>("generationDock");
        dock.toggleViewAction()->trigger();
        settle();
        return dock;
    }
    void press(const char *button)
    {
        QTest::mouseClick(&driver.find<QAbstractButton>(button), Qt::LeftButton);
    }
    bool waitForEnd()
    {
        return QTest::qWaitFor(
            [&] { return !feed().isRunning() && feed().answerOrNull(); }, UiDriver::kPatienceMs);
    }
    GenerationFeed &feed() { return driver.bench->generation; }
    GeneratedTextView &view(const char *name) { return driver.find<GeneratedTextView>(name); }
    std::vector<TokenId> shown(const char *name)
    {
        std::vector<TokenId> ids;
        const QAbstractItemModel &model = *view(name).model();
        for (int row = 0; row < model.rowCount(); ++row)
            ids.emplace_back(model.index(row, 0).data(kTokenIdRole).toInt());
        return ids;
    }
    void turnAHead()
    {
        driver.clickHead(1, 2);
        driver.dragSlider(0.0);
        ASSERT_TRUE(driver.waitComplete());
    }
    void setTokens(int count)
    {
        auto &box = driver.find<QSpinBox>("newTokens");
        box.setFocus();
        box.selectAll();
        QTest::keyClicks(&box, QString::number(count));
        QTest::keyClick(&box, Qt::Key_Return);
    }
    /// Greedy text of the tiny model may end early; this one does not.
    void startLongText()
    {
        GenerationQuestion options = feed().options();
        options.method = GenerationMethod::Sample;
        options.topK = 1;
        options.maxNewTokens = 1500;
        feed().setOptions(options);
        press("generateButton");
    }

    UiDriver driver {modelWithRoom()};
};

TEST_F(GenerationTest, APersonOpensTheDockPressesGenerateAndReadsBothTexts)
{
    EXPECT_FALSE(driver.find<QDockWidget>("generationDock").isVisible()) << "closed at first";
    turnAHead();
    EXPECT_TRUE(open().isVisible());
    QAbstractItemModelTester tester(
        view("editedText").model(), QAbstractItemModelTester::FailureReportingMode::Fatal);
    setTokens(9);
    press("generateButton");
    ASSERT_TRUE(waitForEnd());
    EXPECT_EQ(shown("baselineText"), textOf(driver.state(), {}, {.maxNewTokens = 9}));
    EXPECT_EQ(
        shown("editedText"), textOf(driver.state(), driver.state().intervention(), {.maxNewTokens = 9}));
    const QAbstractItemModel &model = *view("baselineText").model();
    EXPECT_EQ(
        model.index(0, 0).data(kTokenIdRole).toInt(), driver.state().baseline()->output.top.front().id.value);
    EXPECT_NEAR(model.index(0, 0).data(kProbabilityRole).toDouble(),
        driver.state().baseline()->output.top.front().p,
        1e-9); // the same pass
    EXPECT_TRUE(model.index(0, 0).data(Qt::ToolTipRole).toString().contains(QStringLiteral("rank 1")));
}

TEST_F(GenerationTest, TheFirstDifferenceIsMarkedAndNamed)
{
    turnAHead();
    driver.state().setFactors({{{LayerIndex(0), HeadIndex(1)}, 30.0}, {{LayerIndex(2), HeadIndex(0)}, 0.0}},
        QStringLiteral("test"));
    ASSERT_TRUE(driver.waitComplete());
    open();
    setTokens(24);
    press("generateButton");
    ASSERT_TRUE(waitForEnd());
    const std::vector<TokenId> baseline = shown("baselineText");
    const std::vector<TokenId> edited = shown("editedText");
    ASSERT_NE(baseline, edited) << "the edits of this test change nothing";
    const auto first =
        int(std::mismatch(baseline.begin(), baseline.end(), edited.begin(), edited.end()).second
            - edited.begin());
    EXPECT_TRUE(driver.labelText("editedDifference").contains(QStringLiteral("differs")));
    for (int row = 0; row < int(edited.size()); ++row)
        EXPECT_EQ(view("editedText").model()->index(row, 0).data(kMarkRole).toBool(), row == first);
    EXPECT_TRUE(view("editedText")
                    .model()
                    ->index(first, 0)
                    .data(Qt::AccessibleTextRole)
                    .toString()
                    .contains(QStringLiteral("differs")));
}

TEST_F(GenerationTest, SampleShowsItsFieldsAndTheSeedDecides)
{
    open();
    EXPECT_FALSE(driver.find<QWidget>("seed").isVisible());
    QTest::mouseClick(&driver.find<QToolButton>("methodSample"), Qt::LeftButton);
    for (const char *field : {"temperature", "topK", "topP", "seed"})
        EXPECT_TRUE(driver.find<QWidget>(field).isVisible()) << field;
    EXPECT_FALSE(driver.find<QWidget>("beams").isVisible());
    setTokens(12);
    driver.find<QDoubleSpinBox>("temperature").setValue(2.0);
    driver.find<QSpinBox>("seed").setValue(5);
    press("generateButton");
    ASSERT_TRUE(waitForEnd());
    const auto first = shown("baselineText");
    EXPECT_EQ(first, textOf(driver.state(), {}, {.maxNewTokens = 12, .temperature = 2.0, .seed = 5}));
    EXPECT_TRUE(driver.labelText("editedDifference").contains(QStringLiteral("nothing is edited")));
    press("generateButton");
    ASSERT_TRUE(waitForEnd());
    EXPECT_EQ(shown("baselineText"), first);
    driver.find<QSpinBox>("seed").setValue(6);
    press("generateButton");
    ASSERT_TRUE(waitForEnd());
    EXPECT_NE(shown("baselineText"), first);
    QTest::mouseClick(&driver.find<QToolButton>("methodBeam"), Qt::LeftButton);
    EXPECT_TRUE(driver.find<QWidget>("beams").isVisible());
    EXPECT_FALSE(driver.find<QWidget>("seed").isVisible());
    press("generateButton");
    ASSERT_TRUE(waitForEnd());
    EXPECT_EQ(feed().answerOrNull()->question.method, GenerationMethod::Beam);
}

TEST_F(GenerationTest, StopEndsItAndWhatIsWrittenStays)
{
    open();
    startLongText();
    ASSERT_TRUE(QTest::qWaitFor([&] { return shown("baselineText").size() > 3; }, UiDriver::kPatienceMs));
    ASSERT_TRUE(feed().isRunning()) << "the text of this test ends too soon";
    press("stopGenerationButton");
    EXPECT_FALSE(feed().isRunning());
    const auto stopped = shown("baselineText");
    settle(200);
    EXPECT_EQ(shown("baselineText"), stopped);
    EXPECT_TRUE(
        driver.find<ElidedLabel>("baselineTextState").wholeText().contains(QStringLiteral("stopped")));
    EXPECT_FALSE(driver.find<QPushButton>("stopGenerationButton").isEnabled());
}

TEST_F(GenerationTest, ATextIsDimmedAndNamedWhenTheEditsChange)
{
    turnAHead();
    open();
    setTokens(4);
    press("generateButton");
    ASSERT_TRUE(waitForEnd());
    EXPECT_EQ(feed().age(), GenerationFeed::Age::Current);
    driver.state().resetAllEdits();
    ASSERT_TRUE(driver.waitComplete());
    settle(200);
    EXPECT_TRUE(view("editedText").isDimmed());
    EXPECT_FALSE(view("baselineText").isDimmed()) << "edits leave it as it is";
    auto *title = driver.find<GenerationPanel>("generationPanel").findChild<PanelTitle *>();
    EXPECT_TRUE(title->remark().contains(QStringLiteral("of earlier edits")));
    driver.state().undoStack().undo();
    ASSERT_TRUE(driver.waitComplete());
    settle(200);
    EXPECT_FALSE(view("editedText").isDimmed());
}

TEST_F(GenerationTest, EnterOnATokenOpensTheTextUpToThereAsThePromptInOneStep)
{
    turnAHead();
    open();
    setTokens(6);
    press("generateButton");
    ASSERT_TRUE(waitForEnd());
    const auto text = shown("editedText");
    ASSERT_GE(text.size(), 3U);
    std::vector<TokenId> expected = driver.state().baseline()->prompt->ids;
    const std::vector<TokenId> before = expected;
    expected.insert(expected.end(), text.begin(), text.begin() + 3);
    const int steps = driver.state().undoStack().count();
    GeneratedTextView &edited = view("editedText");
    edited.setFocus(Qt::TabFocusReason);
    QTest::keyClick(&edited, Qt::Key_Right);
    QTest::keyClick(&edited, Qt::Key_Right);
    QTest::keyClick(&edited, Qt::Key_Return);
    ASSERT_TRUE(driver.waitComplete());
    EXPECT_EQ(driver.state().baseline()->prompt->ids, expected);
    EXPECT_EQ(driver.selection().head().layer, LayerIndex(1))
        << "its attention is shown as that of any prompt";
    EXPECT_EQ(driver.state().undoStack().count(), steps + 1);
    EXPECT_EQ(feed().age(), GenerationFeed::Age::EarlierPrompt);
    driver.state().undoStack().undo();
    ASSERT_TRUE(driver.waitComplete());
    EXPECT_EQ(driver.state().baseline()->prompt->ids, before);
    press("openBaselineText"); // all of it: none is chosen there
    ASSERT_TRUE(driver.waitComplete());
    EXPECT_EQ(driver.state().baseline()->prompt->ids.size(), before.size() + shown("baselineText").size());
}

TEST_F(GenerationTest, TheTextIsCopied)
{
    open();
    setTokens(5);
    press("generateButton");
    ASSERT_TRUE(waitForEnd());
    press("copyBaselineText");
    std::vector<TokenId> ids = shown("baselineText");
    const Tokenizer &tokenizer = *driver.state().model()->tokenizer;
    std::erase_if(ids, [&](TokenId id) { return tokenizer.endsGeneration(id); });
    const QString copied = QGuiApplication::clipboard()->text();
    EXPECT_FALSE(copied.isEmpty());
    EXPECT_EQ(copied.toStdString(), QString::fromStdString(tokenizer.decode(ids)).toStdString());
}

TEST_F(GenerationTest, CtrlGOpensTheDockAndGenerates)
{
    driver.find<QAction>("generateAction").trigger();
    EXPECT_EQ(driver.find<QAction>("generateAction").shortcut(), QKeySequence(QStringLiteral("Ctrl+G")));
    ASSERT_TRUE(waitForEnd());
    EXPECT_TRUE(driver.find<QDockWidget>("generationDock").isVisible());
}

TEST_F(GenerationTest, ClosingTheWindowWhileItRunsEndsIt)
{
    open();
    startLongText();
    ASSERT_TRUE(QTest::qWaitFor([&] { return !shown("baselineText").empty(); }, UiDriver::kPatienceMs));
    driver.window->close(); // the driver then takes all down
}

TEST_F(GenerationTest, AConversationShowsItsTurns)
{
    open();
    EXPECT_FALSE(driver.find<QWidget>("chatTurns").isVisible());
    PromptSpec prompt;
    prompt.text = "<|im_start|>user\na cat<|im_end|>\n<|im_start|>assistant\n";
    driver.state().setPrompt(prompt);
    ASSERT_TRUE(driver.waitComplete());
    settle();
    EXPECT_TRUE(driver.find<QWidget>("chatTurns").isVisible());
    EXPECT_EQ(driver.find<ElidedLabel>("chatTurns").wholeText(), QStringLiteral("user: a cat   assistant: "));
}

TEST_F(GenerationTest, TheDockStandsBelowTheCentreAndTheWindowDoesNotGrow)
{
    for (const QSize size : {QSize(1280, 800), QSize(1920, 1080)}) {
        driver.window->resize(size);
        settle(200);
        QDockWidget &dock = driver.find<QDockWidget>("generationDock");
        if (!dock.isVisible())
            open();
        driver.find<SegmentRow>("generationMethod")
            .findChild<QToolButton *>(QStringLiteral("methodSample"))
            ->click();
        settle(200);
        EXPECT_EQ(driver.window->size(), size);
        EXPECT_EQ(driver.window->dockWidgetArea(&dock), Qt::BottomDockWidgetArea);
        EXPECT_GT(driver.find<QDockWidget>("factorDock").geometry().bottom(), dock.geometry().center().y());
    }
}

TEST(GenerationOptions, AreRememberedAndOutOfRangeOnesAreUsual)
{
    GenerationQuestion options;
    options.method = GenerationMethod::Beam;
    options.maxNewTokens = 77;
    options.temperature = 0.7;
    options.topK = 50;
    options.topP = 0.95;
    options.seed = 123456789;
    options.beams = 6;
    EXPECT_EQ(generationFromJson(generationToJson(options)), options);
    EXPECT_EQ(generationFromJson("nonsense"), GenerationQuestion());
    const GenerationQuestion clamped =
        generationFromJson(R"({"method": 9, "tokens": -4, "topP": 7, "beams": 1000, "seed": -1})");
    EXPECT_EQ(clamped.method, GenerationMethod::Beam);
    EXPECT_EQ(clamped.maxNewTokens, 1);
    EXPECT_EQ(clamped.topP, 1.0);
    EXPECT_EQ(clamped.seed, 0U);
}

TEST(GeneratedTextModel, KeepsRowsThatStay)
{
    GeneratedTextModel model;
    QAbstractItemModelTester tester(&model, QAbstractItemModelTester::FailureReportingMode::Fatal);
    const GeneratedRow a {.text = QStringLiteral("a"), .id = 1, .probability = 0.5, .rank = 1};
    const GeneratedRow b {.text = QStringLiteral("b"), .id = 2, .probability = 0.25, .rank = 3};
    const GeneratedRow end {
        .text = QStringLiteral("<e>"), .id = 0, .probability = 0.125, .rank = 2, .isEnd = true};
    model.setRows({a, b}, std::nullopt);
    const QPersistentModelIndex first = model.index(0);
    model.setRows({a, b, end}, 1);
    EXPECT_TRUE(first.isValid());
    EXPECT_EQ(model.rowCount(), 3);
    EXPECT_TRUE(model.index(1).data(kMarkRole).toBool());
    EXPECT_EQ(model.index(1).data(Qt::AccessibleTextRole).toString(),
        QStringLiteral(
            "Token 2 'b': probability 0.2500, rank 3, id 2; the first that differs from the baseline"));
    EXPECT_TRUE(model.index(2).data(Qt::AccessibleTextRole).toString().contains(QStringLiteral("end token")));
    model.setRows({a, end}, std::nullopt); // a beam that was replaced
    EXPECT_TRUE(first.isValid());
    EXPECT_EQ(model.rowCount(), 2);
    EXPECT_EQ(model.index(1).data().toString(), QStringLiteral("<e>"));
    model.setRows({}, std::nullopt);
    EXPECT_EQ(model.rowCount(), 0);
}

} // namespace
