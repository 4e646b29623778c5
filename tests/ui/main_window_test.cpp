// SPDX-License-Identifier: Apache-2.0
// The real window over the real engine: what it shows is what the core returns for the same request.
#include "core/analysis/closed_form.h"
#include "tests/support/model_paths.h"
#include "tests/support/tiny_model.h"
#include "tests/ui/ui_driver.h"
#include "ui/theme/number_format.h"
#include "ui/views/head_map_picture.h"

#include <QAction>
#include <QComboBox>
#include <QLineEdit>
#include <QFileInfo>
#include <QMimeData>
#include <QPlainTextEdit>
#include <QPushButton>
#include <QTemporaryDir>
#include <QToolButton>

#include <gtest/gtest.h>

#include <cmath>
#include <fstream>

using namespace sinkscope;
using namespace sinkscope::ui;
using namespace sinkscope::test;

namespace {

// Two engines over the same file do the same sums; the order of products may differ with the thread count.
constexpr double kSame = 1e-5;
// The closed form against a pass: both in fp32 rows of weights.
constexpr double kClosedForm = 2e-5;

/// What the core answers for what the window asks, from an engine of its own.
PassAnswer coreAnswer(const AppState &state)
{
    Engine engine;
    engine.loadModel(state.model()->path, {}, {});
    PassQuestion question;
    question.prompt = state.session().prompt;
    question.answers = state.session().answers;
    question.intervention = state.intervention();
    const std::optional<PassAnswer> preview = engine.preview(question, {});
    return *engine.complete(*preview, {});
}

void expectWindowShows(UiDriver &driver, const PassAnswer &expected)
{
    const OutputMetrics &output = expected.edited->output;
    const auto &bars = driver.find<AnswerBars>("answerBars").answers();
    ASSERT_EQ(bars.size(), output.answers.size());
    for (std::size_t answer = 0; answer < bars.size(); ++answer) {
        EXPECT_NEAR(bars[answer].p, output.answers[answer].p, kSame);
        if (bars[answer].baselineP) {
            EXPECT_NEAR(*bars[answer].baselineP, expected.baseline->output.answers[answer].p, kSame);
        }
    }
    const auto &figures = driver.find<FigureList>("outputFigures");
    EXPECT_NEAR(*figures.figures().front().value, output.entropyNats, kSame);
    EXPECT_EQ(figures.valueText(0), formatEntropy(*figures.figures().front().value));
    const auto &table = driver.find<FigureTable>("nextTokens");
    const QModelIndex topId = table.model()->index(0, NextTokensModel::kId);
    EXPECT_EQ(table.model()->data(topId).toString(), QString::number(output.top.front().id.value));

    const HeadRef head = driver.selection().head();
    const LayerRecord &record = *expected.edited->pass->layers[head.layer.asSize()];
    const HeadMapData &map = driver.find<HeadMapView>("patternMap").data();
    ASSERT_EQ(map.tokenCount(), static_cast<int>(record.tokenCount()));
    for (int query = 0; query < map.tokenCount(); ++query) {
        const auto row = record.patternRow(head.head, TokenPos(query));
        for (int key = 0; key <= query; ++key)
            EXPECT_NEAR(weightOf(map.edited, {query, key}), row[static_cast<std::size_t>(key)], kSame);
    }
    const HeatmapData &heads = driver.find<HeatmapView>("headMap").data();
    const Matrix &sink = expected.edited->heads->sinkMassLast;
    for (std::size_t cell = 0; cell < heads.values.size(); ++cell)
        EXPECT_NEAR(heads.values[cell], sink.values()[cell], kSame);
}

class MainWindowTest : public testing::Test {
protected:
    UiDriver driver {QString::fromStdString(writeTinyModel())};
};

TEST_F(MainWindowTest, ShowsTheFirstPrompt)
{
    expectWindowShows(driver, coreAnswer(driver.state()));
    EXPECT_EQ(driver.labelText("editedCount"), QStringLiteral("0 of 12 heads edited"));
    EXPECT_TRUE(driver.labelText("statusGrid").contains(QStringLiteral("3 layers")));
}

TEST_F(MainWindowTest, ATypedPromptIsRunOnReturn)
{
    auto &strip = driver.find<TokenStripView>("tokenStrip");
    strip.setFocus();
    QTest::keyClick(&strip, Qt::Key_Return);
    auto &editor = driver.find<QPlainTextEdit>("promptEditor");
    ASSERT_TRUE(editor.isVisible());
    editor.selectAll();
    QTest::keyClicks(&editor, QStringLiteral("a cat and"));
    QTest::keyClick(&editor, Qt::Key_Return, Qt::ShiftModifier);
    QTest::keyClicks(&editor, QStringLiteral("a mat"));
    QTest::keyClick(&editor, Qt::Key_Return);
    EXPECT_FALSE(editor.isVisible());
    EXPECT_EQ(driver.state().session().prompt.text, "a cat and\na mat");
    ASSERT_TRUE(driver.waitComplete());
    expectWindowShows(driver, coreAnswer(driver.state()));
    EXPECT_EQ(strip.data().tokens.size(), driver.state().baseline()->prompt->ids.size());
    driver.find<QAction>("undoAction").trigger();
    EXPECT_EQ(driver.state().session().prompt.text, UiDriver::shortSession().prompt.text);
}

TEST_F(MainWindowTest, AnEmptyPromptIsRefusedInPlace)
{
    driver.find<QToolButton>("editPromptButton").click();
    auto &editor = driver.find<QPlainTextEdit>("promptEditor");
    editor.selectAll();
    QTest::keyClick(&editor, Qt::Key_Delete);
    QTest::keyClick(&editor, Qt::Key_Return);
    auto &error = driver.find<QLabel>("promptError");
    ASSERT_TRUE(QTest::qWaitFor([&error] { return error.isVisible(); }, UiDriver::kPatienceMs));
    EXPECT_TRUE(error.text().contains(QStringLiteral("empty"))) << qPrintable(error.text());
    EXPECT_TRUE(driver.prompts.errors.empty()); // no box
    EXPECT_TRUE(editor.isVisible()) << "other words, or Esc";
    EXPECT_EQ(driver.state().session().prompt.text, UiDriver::shortSession().prompt.text)
        << "it was never asked";
    EXPECT_EQ(driver.state().undoStack().count(), 0) << "and is no step";
    QTest::keyClick(&editor, Qt::Key_Escape);
    EXPECT_FALSE(editor.isVisible());
    EXPECT_FALSE(error.isVisible());
    EXPECT_TRUE(driver.state().isComplete());
}

TEST_F(MainWindowTest, AClickSelectsAHead)
{
    driver.clickHead(2, 3);
    EXPECT_EQ(driver.selection().head(), (HeadRef {LayerIndex(2), HeadIndex(3)}));
    ASSERT_TRUE(driver.waitComplete());
    expectWindowShows(driver, coreAnswer(driver.state()));
    EXPECT_TRUE(driver.labelText("factorSubject").startsWith(QStringLiteral("L2 H3")));
}

TEST_F(MainWindowTest, ADragMovesTheMapInTheSameEventAndThenTheRest)
{
    driver.clickHead(1, 2);
    ASSERT_TRUE(driver.waitComplete());
    const HeadRef head {LayerIndex(1), HeadIndex(2)};
    driver.dragSlider(4.0, 3, UiDriver::Release::No);
    const double gamma = driver.state().edits().effectiveFactor(head);
    EXPECT_NEAR(std::log(gamma), std::log(4.0), 0.1); // a pixel of the axis
    // No event loop has turned since the last move: what is shown is the closed form.
    const HeadMapData &map = driver.find<HeadMapView>("patternMap").data();
    const LayerRecord &baseline = *driver.state().baseline()->pass->layers[1];
    const std::vector<float> expected = scaledPattern(baseline, head.head, gamma);
    ASSERT_EQ(map.edited.pattern.size(), expected.size());
    for (std::size_t cell = 0; cell < expected.size(); ++cell)
        EXPECT_EQ(map.edited.pattern[cell], expected[cell]);
    const float liveSink = driver.find<HeatmapView>("headMap").data().values[1 * 4 + 2];
    driver.releaseSlider();
    ASSERT_TRUE(driver.waitComplete());
    const PassAnswer answer = coreAnswer(driver.state());
    expectWindowShows(driver, answer);
    EXPECT_NEAR(liveSink, answer.edited->heads->sinkMassLast.at(1, 2), kClosedForm);
    for (std::size_t cell = 0; cell < expected.size(); ++cell)
        EXPECT_NEAR(map.edited.pattern[cell], expected[cell], kClosedForm);
    EXPECT_EQ(driver.labelText("editedCount"), QStringLiteral("1 of 12 heads edited"));
    EXPECT_TRUE(driver.labelText("statusPass").startsWith(QStringLiteral("layers 1 to 2, ")));

    driver.find<QToolButton>("undoButton").click();
    ASSERT_TRUE(driver.waitComplete());
    EXPECT_TRUE(driver.state().edits().isEmpty());
    expectWindowShows(driver, coreAnswer(driver.state()));
    EXPECT_EQ(driver.find<FactorSlider>("factorSlider").factor(), 1.0);
}

TEST_F(MainWindowTest, CurvesAreWhatAPassWithThatFactorGives)
{
    driver.clickHead(0, 1);
    ASSERT_TRUE(driver.waitComplete());
    ASSERT_TRUE(driver.waitCurves());
    const FactorCurve *curve = driver.bench->curves.factorCurve();
    ASSERT_NE(curve, nullptr);
    ASSERT_TRUE(curve->isComplete());
    for (const std::size_t index : {std::size_t(0), std::size_t(5), std::size_t(21), std::size_t(41)}) {
        SessionValue session = driver.state().session();
        session.edits.set({{LayerIndex(0), HeadIndex(1)}, curve->gammas[index]});
        Engine engine;
        engine.loadModel(driver.state().model()->path, {}, {});
        PassQuestion question;
        question.prompt = session.prompt;
        question.answers = session.answers;
        question.intervention = session.edits.intervention();
        const auto answer = engine.preview(question, {});
        EXPECT_NEAR(curve->points[index]->outputEntropyNats, answer->edited->output.entropyNats, kSame)
            << curve->gammas[index];
        EXPECT_NEAR(curve->points[index]->answerProbabilities[0], answer->edited->output.answers[0].p, kSame);
    }
    EXPECT_GE(driver.find<CurveView>("factorCurves").panelsInSight(), 2);
}

TEST_F(MainWindowTest, ScopeLayerTurnsAllItsHeadsAndListsThem)
{
    driver.clickHead(1, 0);
    driver.find<QToolButton>("scopeLayer").click();
    auto &list = driver.find<QAbstractItemView>("layerList");
    ASSERT_TRUE(list.isVisible());
    EXPECT_EQ(list.model()->rowCount(), 4);
    driver.dragSlider(0.3);
    EXPECT_EQ(driver.state().edits().editedHeadCount(), 4);
    EXPECT_EQ(driver.state().undoStack().count(), 1);
    ASSERT_TRUE(driver.waitComplete());
    expectWindowShows(driver, coreAnswer(driver.state()));
    const auto &edits = *driver.find<QAbstractItemView>("editList").model();
    ASSERT_EQ(edits.rowCount(), 1); // four heads of one factor
    EXPECT_EQ(edits.index(0, 0).data().toString(), QStringLiteral("L1, all heads"));
    driver.find<QPushButton>("resetAllButton").click();
    EXPECT_TRUE(driver.state().edits().isEmpty());
}

TEST_F(MainWindowTest, AnswersTypedByThePersonAreScored)
{
    auto &line = driver.find<QLineEdit>("answersLine");
    line.setFocus();
    line.selectAll();
    QTest::keyClicks(&line, QStringLiteral(" mat|| sat on"));
    QTest::keyClick(&line, Qt::Key_Return);
    EXPECT_EQ(driver.state().session().answers, (std::vector<std::string> {" mat", " sat on"}));
    ASSERT_TRUE(driver.waitComplete());
    expectWindowShows(driver, coreAnswer(driver.state()));
}

TEST_F(MainWindowTest, ChatUsesTheTemplate)
{
    driver.find<QToolButton>("formChat").click();
    ASSERT_TRUE(driver.waitComplete());
    EXPECT_EQ(driver.state().baseline()->prompt->initialTokenOrigin, InitialTokenOrigin::Template);
    EXPECT_EQ(
        driver.find<InitialTokenBadge>("initialTokenBadge").data().note, InitialTokenNote::FromTemplate);
    auto &system = driver.find<QLineEdit>("systemText");
    ASSERT_TRUE(system.isVisible());
    system.setFocus();
    QTest::keyClicks(&system, QStringLiteral("the mat"));
    QTest::keyClick(&system, Qt::Key_Return);
    ASSERT_TRUE(driver.waitComplete());
    EXPECT_EQ(*driver.state().session().prompt.system, "the mat");
    expectWindowShows(driver, coreAnswer(driver.state()));
}

TEST_F(MainWindowTest, BaselineSideShowsTheModelWithoutEdits)
{
    driver.dragSlider(0.1);
    ASSERT_TRUE(driver.waitComplete());
    driver.find<QToolButton>("sideBaseline").click();
    EXPECT_EQ(*driver.find<FigureList>("outputFigures").figures().front().value,
        driver.state().baseline()->output.entropyNats);
    QTest::keyClick(driver.find<HeatmapView>("headMap").viewport(), Qt::Key_Space);
    EXPECT_EQ(driver.selection().side(), Side::Edited);
    QTest::keyClick(driver.find<HeatmapView>("headMap").viewport(), Qt::Key_D);
    EXPECT_EQ(driver.selection().side(), Side::Difference);
}

TEST_F(MainWindowTest, ALoadErrorIsSaidAndTheFormerModelStays)
{
    const std::string broken = temporaryPath("broken.gguf");
    std::ofstream(broken) << "not a model";
    driver.window->openModel(QString::fromStdString(broken));
    ASSERT_TRUE(QTest::qWaitFor([this] { return !driver.prompts.errors.empty(); }, UiDriver::kPatienceMs));
    const UserMessage &message = driver.prompts.errors.front();
    EXPECT_TRUE(message.cause.contains(QStringLiteral("broken.gguf"))) << qPrintable(message.cause);
    EXPECT_FALSE(message.wayOut.isEmpty());
    driver.dragSlider(3.0);
    ASSERT_TRUE(driver.waitComplete());
    expectWindowShows(driver, coreAnswer(driver.state()));
}

TEST_F(MainWindowTest, OpenModelAsksForAFileAndTakesAnotherModel)
{
    TinyModelOptions options;
    options.layers = 2;
    options.heads = 2;
    options.kvHeads = 1;
    options.seed = 7;
    driver.dragSlider(3.0);
    driver.prompts.nextFile = QString::fromStdString(writeTinyModel(options));
    driver.find<QAction>("openModelAction").trigger();
    ASSERT_TRUE(QTest::qWaitFor(
        [this] { return driver.state().grid().layerCount == 2 && driver.state().isComplete(); },
        UiDriver::kPatienceMs));
    EXPECT_EQ(driver.prompts.filesAsked, 1);
    EXPECT_EQ(driver.labelText("editedCount"), QStringLiteral("0 of 4 heads edited"));
    expectWindowShows(driver, coreAnswer(driver.state()));
}

TEST_F(MainWindowTest, AModelLargerThanTheFreeMemoryIsLoadedOnlyWhenAskedTo)
{
    TinyModelOptions options;
    options.layers = 2;
    const QString path = QString::fromStdString(writeTinyModel(options));
    driver.availableMemory = 1000; // bytes: the file alone is larger
    driver.window->openModel(path);
    ASSERT_EQ(driver.prompts.memoryWarnings.size(), 1U);
    EXPECT_TRUE(driver.prompts.memoryWarnings.front().title.contains(QFileInfo(path).fileName()));
    EXPECT_FALSE(driver.bench->engine.isLoading());
    EXPECT_NE(driver.state().grid().layerCount, 2);
    driver.prompts.loadsAnyway = true;
    driver.window->openModel(path);
    EXPECT_EQ(driver.prompts.memoryWarnings.size(), 2U);
    EXPECT_TRUE(QTest::qWaitFor(
        [this] { return driver.state().grid().layerCount == 2 && driver.state().isComplete(); },
        UiDriver::kPatienceMs));
}

TEST_F(MainWindowTest, AFileDroppedOnTheWindowIsOpened)
{
    TinyModelOptions options;
    options.layers = 2;
    QMimeData mime;
    mime.setUrls({QUrl::fromLocalFile(QString::fromStdString(writeTinyModel(options)))});
    QDragEnterEvent enter(QPoint(10, 10), Qt::CopyAction, &mime, Qt::LeftButton, Qt::NoModifier);
    QCoreApplication::sendEvent(driver.window.get(), &enter);
    EXPECT_TRUE(enter.isAccepted());
    QDropEvent drop(QPointF(10, 10), Qt::CopyAction, &mime, Qt::LeftButton, Qt::NoModifier);
    QCoreApplication::sendEvent(driver.window.get(), &drop);
    EXPECT_TRUE(QTest::qWaitFor(
        [this] { return driver.state().grid().layerCount == 2 && driver.state().isComplete(); },
        UiDriver::kPatienceMs));
}

TEST_F(MainWindowTest, TheInteractiveWidgetsHaveNamesAndTips)
{
    driver.dragSlider(2.0); // so that the list of edits is there
    int walked = 0;
    for (const QWidget *widget : driver.window->findChildren<QWidget *>()) {
        const bool isTaken = widget->focusPolicy() & Qt::TabFocus;
        const bool isInner = widget->objectName().startsWith(QLatin1String("qt_"))
            || qobject_cast<const QAbstractScrollArea *>(widget->parentWidget())
            || qobject_cast<const QAbstractSpinBox *>(widget->parentWidget())
            || qobject_cast<const QComboBox *>(widget->parentWidget())
            || widget->inherits("QComboBoxPrivateContainer") || widget->inherits("QHeaderView")
            || widget->inherits("QMenu") || widget->inherits("QMenuBar")
            || widget->inherits("QComboBoxListView") || widget->inherits("QTableCornerButton");
        if (!isTaken || isInner)
            continue;
        ++walked;
        EXPECT_FALSE(widget->objectName().isEmpty()) << widget->metaObject()->className();
        const bool isPainted = qobject_cast<const QAbstractScrollArea *>(widget) != nullptr;
        EXPECT_TRUE(!widget->toolTip().isEmpty() || isPainted) << qPrintable(widget->objectName());
        EXPECT_FALSE(widget->accessibleName().isEmpty()) << qPrintable(widget->objectName());
    }
    EXPECT_GE(walked, 25);
}

TEST(MainWindowSession, ClosingSavesWhatTheNextStartRestores)
{
    QTemporaryDir folder;
    const QString settings = folder.filePath(QStringLiteral("settings.ini"));
    const QString model = QString::fromStdString(writeTinyModel());
    SavedSession expected;
    {
        UiDriver driver(model, UiDriver::shortSession(), QSize(1500, 900), settings);
        driver.clickHead(2, 1);
        driver.dragSlider(0.2);
        driver.window->close();
        expected = {driver.state().session(), driver.selection().head()};
    }
    const Settings saved(settings);
    ASSERT_TRUE(saved.session().has_value());
    EXPECT_EQ(*saved.session(), expected);
    EXPECT_EQ(saved.lastModel(), model);
    UiDriver driver(model, saved.session()->session, QSize(1000, 700), settings);
    EXPECT_EQ(driver.window->size(), QSize(1500, 900));
    EXPECT_EQ(driver.state().intervention(), expected.session.edits.intervention());
}

TEST(MainWindowDefaultModel, TheExampleGivesTheReferenceFigures)
{
    const std::optional<std::string> path = defaultModelPath();
    if (!path)
        GTEST_SKIP() << "the default model is absent";
    SessionValue session;
    session.prompt.text = "The capital of France is";
    session.answers = {" Paris", " London"};
    UiDriver driver(QString::fromStdString(*path), session);
    driver.clickHead(17, 2);
    driver.dragSlider(2.5);
    ASSERT_TRUE(driver.waitComplete());
    expectWindowShows(driver, coreAnswer(driver.state()));
    EXPECT_EQ(driver.labelText("editedCount"), QStringLiteral("1 of 270 heads edited"));
}

} // namespace
