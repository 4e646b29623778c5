// SPDX-License-Identifier: Apache-2.0
// The preferences in the real window: opened by keys, every choice holds at once, what cannot hold is
// refused.
#include "tests/support/model_session.h"
#include "tests/support/tiny_model.h"
#include "tests/ui/ui_driver.h"
#include "ui/dialogs/preferences_dialog.h"
#include "ui/theme/entropy_unit.h"
#include "ui/theme/number_format.h"
#include "ui/views/curve_view.h"
#include "ui/views/figure_list.h"
#include "ui/views/head_map_view.h"

#include <QAction>
#include <QComboBox>
#include <QLabel>
#include <QLineEdit>
#include <QPushButton>
#include <QTemporaryDir>

#include <gtest/gtest.h>

#include <cmath>

using namespace sinkscope;
using namespace sinkscope::ui;
using namespace sinkscope::test;

namespace {

constexpr std::uint64_t kMebibyte = std::uint64_t {1} << 20;

class PreferencesInTheWindow : public testing::Test {
protected:
    void open()
    {
        m_driver.window->activateWindow();
        QTest::keyClick(m_driver.window.get(), Qt::Key_Comma, Qt::ControlModifier);
        ASSERT_TRUE(QTest::qWaitFor([this] { return dialog() && dialog()->isVisible(); }));
        settle();
    }
    PreferencesDialog *dialog() { return m_driver.window->findChild<PreferencesDialog *>(); }
    void choose(const char *box, const char *text)
    {
        auto &combo = m_driver.find<QComboBox>(box);
        const int index = combo.findText(QLatin1String(text));
        ASSERT_GE(index, 0) << text;
        combo.setFocus();
        QTest::keyClick(&combo, Qt::Key_Home);
        for (int step = 0; step < index; ++step)
            QTest::keyClick(&combo, Qt::Key_Down);
    }
    void type(const char *field, const char *text)
    {
        auto &line = m_driver.find<QLineEdit>(field);
        line.setFocus();
        line.selectAll();
        if (*text == '\0')
            QTest::keyClick(&line, Qt::Key_Delete);
        QTest::keyClicks(&line, QLatin1String(text));
        QTest::keyClick(&line, Qt::Key_Return);
        settle();
    }
    const PreferenceValues &values() { return m_driver.bench->preferences.values(); }

    QTemporaryDir m_folder;
    QString m_settings = m_folder.filePath(QStringLiteral("settings.ini"));
    std::string m_model = writeTinyModel();
    UiDriver m_driver {
        QString::fromStdString(m_model), UiDriver::shortSession(), QSize(1600, 1000), m_settings};
};

TEST_F(PreferencesInTheWindow, BitsAreWrittenWhereverNatsWere)
{
    ASSERT_TRUE(m_driver.waitCurves());
    ModelSession session(m_model);
    const auto pass = session.run(m_driver.state().baseline()->prompt->ids);
    const double nats = entropyNats(logSoftmax(pass->logitsLast));
    auto &figures = m_driver.find<FigureList>("outputFigures");
    EXPECT_EQ(figures.figures().front().label, QStringLiteral("Output entropy, nats"));
    m_driver.chooseMeasure("entropy, last row");
    const float head = m_driver.headMap().values[5];
    open();
    choose("preferUnit", "bits");
    settle();
    EXPECT_EQ(figures.figures().front().label, QStringLiteral("Output entropy, bits"));
    // 1e-5: the window restarts its passes, OpenBLAS has other kernels for other shapes.
    EXPECT_NEAR(figures.figures().front().value.value_or(0.0), nats / std::log(2.0), 1e-5);
    EXPECT_NEAR(m_driver.headMap().values[5], head / std::log(2.0), 1e-6);
    EXPECT_EQ(m_driver.headMap().unit, QStringLiteral("bits"));
    EXPECT_TRUE(m_driver.headMap().title.contains(QStringLiteral("bits")));
    const QString curve = m_driver.find<CurveView>("factorCurves").panelInWords(0);
    EXPECT_TRUE(curve.contains(QStringLiteral("bits"))) << curve.toStdString();
    EXPECT_TRUE(curve.contains(formatPrecise(nats / std::log(2.0)).chopped(1))) << curve.toStdString();
    auto &map = m_driver.find<HeadMapView>("patternMap");
    EXPECT_TRUE(map.cellInWords({3, 1}).contains(QStringLiteral(" bits")))
        << map.cellInWords({3, 1}).toStdString();
    EXPECT_FALSE(map.cellInWords({3, 1}).contains(QStringLiteral("nats")));
    m_driver.find<QPushButton>("preferDefaults").click();
    settle();
    EXPECT_EQ(figures.figures().front().label, QStringLiteral("Output entropy, nats"));
    EXPECT_NEAR(m_driver.headMap().values[5], head, 0.0);
}

TEST_F(PreferencesInTheWindow, ThemeAndColoursChangeAtOnceAndTheMenusFollow)
{
    open();
    choose("preferTheme", "Dark");
    EXPECT_TRUE(m_driver.window->theme().isDark());
    choose("preferColours", "Magma");
    EXPECT_EQ(m_driver.window->theme().mapChoice(), SequentialMap::Magma);
    EXPECT_TRUE(m_driver.find<QAction>("colours-magma").isChecked());
    m_driver.find<QAction>("colours-grey").trigger();
    EXPECT_EQ(m_driver.find<QComboBox>("preferColours").currentText(), QStringLiteral("Grey"));
    EXPECT_TRUE(m_driver.window->theme().isDark()) << "another colour map leaves the theme";
}

TEST_F(PreferencesInTheWindow, LittleMemoryForAttentionHoldsForThePromptOnScreen)
{
    ASSERT_TRUE(m_driver.state().baseline()->pass->layers.front()->hasPatterns());
    m_driver.clickHead(2, 1);
    m_driver.availableMemory = 2048 * kMebibyte;
    open();
    // A quarter of what is free, as the help says.
    EXPECT_EQ(m_driver.labelText("preferCaptureRemark"), QStringLiteral("automatic: 512 MiB of 2 GiB free"));
    type("preferCapture", "3 GiB");
    EXPECT_EQ(m_driver.labelText("preferCaptureRefusal"),
        QStringLiteral("3 GiB is more than the 2 GiB of memory that are free. The former amount stays."));
    EXPECT_FALSE(values().captureBytes.has_value());
    EXPECT_EQ(m_driver.find<QLineEdit>("preferCapture").text(), QStringLiteral("3 GiB"))
        << "left to be corrected";
    type("preferCapture", "much");
    EXPECT_TRUE(m_driver.labelText("preferCaptureRefusal").startsWith(QStringLiteral("'much' is no amount")));
    type("preferCapture", "64 MiB");
    EXPECT_TRUE(m_driver.find<QLabel>("preferCaptureRefusal").isHidden());
    ASSERT_TRUE(m_driver.waitComplete());
    EXPECT_EQ(values().captureBytes, 64 * kMebibyte);
    // The tiny model's patterns fit in any amount that is accepted: less is asked of the state.
    PassLimits limits;
    limits.patternBudgetBytes = 0;
    m_driver.state().setPassLimits(limits);
    ASSERT_TRUE(m_driver.waitComplete());
    EXPECT_FALSE(m_driver.state().baseline()->pass->layers.front()->hasPatterns());
    EXPECT_TRUE(m_driver.state().baseline()->pass->layers[2]->hasPatterns()) << "of the layer on screen";
    type("preferCapture", "");
    ASSERT_TRUE(m_driver.waitComplete());
    EXPECT_FALSE(values().captureBytes.has_value());
    EXPECT_TRUE(m_driver.state().baseline()->pass->layers.front()->hasPatterns());
}

TEST_F(PreferencesInTheWindow, ThreadsAreRefusedOrHoldForTheNextPass)
{
    open();
    for (const char *wrong : {"0", "-2", "two", "257"}) {
        type("preferThreads", wrong);
        EXPECT_TRUE(
            m_driver.labelText("preferThreadsRefusal").contains(QStringLiteral("is no number of threads")))
            << wrong;
        EXPECT_EQ(values().threads, 0);
    }
    type("preferThreads", "3");
    EXPECT_EQ(values().threads, 3);
    m_driver.dragSlider(3.0);
    ASSERT_TRUE(m_driver.waitComplete());
    Intervention edits = m_driver.state().intervention();
    ModelSession session(m_model, {}, 1);
    const auto pass = session.run(m_driver.state().baseline()->prompt->ids, &edits);
    EXPECT_NEAR(
        m_driver.state().edited()->output.entropyNats, entropyNats(logSoftmax(pass->logitsLast)), 1e-5);
}

TEST_F(PreferencesInTheWindow, TheFolderOfModelsIsWhereOpeningBegins)
{
    open();
    type("preferFolder", "/nowhere at all");
    EXPECT_TRUE(m_driver.labelText("preferFolderRefusal").contains(QStringLiteral("There is no folder")));
    m_driver.prompts.nextFolder = m_folder.path();
    m_driver.find<QPushButton>("preferFolderChoose").click();
    EXPECT_TRUE(m_driver.find<QLabel>("preferFolderRefusal").isHidden());
    EXPECT_EQ(values().modelFolder, m_folder.path());
    m_driver.find<QAction>("openModelAction").trigger();
    EXPECT_EQ(m_driver.prompts.lastFolder, m_folder.path());
}

TEST_F(PreferencesInTheWindow, EveryChoiceIsRememberedAndDefaultsComeBack)
{
    m_driver.availableMemory = 2048 * kMebibyte;
    open();
    choose("preferUnit", "bits");
    type("preferThreads", "2");
    type("preferPictures", "4");
    type("preferAnswers", "100 MiB");
    const PreferenceValues chosen = values();
    EXPECT_EQ(chosen.pictureBytes, 4 * kMebibyte);
    EXPECT_EQ(chosen.answerBytes, 100 * kMebibyte);
    EXPECT_EQ(Settings(m_settings).preferences(), chosen);
    m_driver.find<QPushButton>("preferDefaults").click();
    EXPECT_EQ(values(), PreferenceValues());
    EXPECT_EQ(Settings(m_settings).preferences(), PreferenceValues());
    EXPECT_TRUE(m_driver.find<QLineEdit>("preferPictures").text().isEmpty());
    QTest::keyClick(dialog(), Qt::Key_Escape);
    EXPECT_TRUE(QTest::qWaitFor([this] { return !dialog(); })) << "Esc closes";
}

TEST_F(PreferencesInTheWindow, EveryControlHasANameAndAHelp)
{
    open();
    int controls = 0;
    for (const QWidget *control : dialog()->findChildren<QWidget *>()) {
        if (control->focusPolicy() == Qt::NoFocus || control->parentWidget()->inherits("QComboBox")
            || control->inherits("QAbstractItemView") || control->inherits("QLabel"))
            continue;
        ++controls;
        EXPECT_FALSE(control->objectName().isEmpty());
        EXPECT_FALSE(control->accessibleName().isEmpty()) << control->objectName().toStdString();
        EXPECT_FALSE(control->toolTip().isEmpty()) << control->objectName().toStdString();
    }
    EXPECT_EQ(controls, 12); // 4 boxes, 5 fields, 3 buttons
}

TEST(EntropyWords, SpeakOfTheChosenUnitAlone)
{
    const QString nats = QStringLiteral("entropy -sum a ln a, nats; 2 nats/ln γ; signatsure; entropy / ln n");
    EXPECT_EQ(inEntropyWords(nats), nats);
    setEntropyUnit(*QCoreApplication::instance(), EntropyUnit::Bits);
    EXPECT_EQ(inEntropyWords(nats),
        QStringLiteral("entropy -sum a log₂ a, bits; 2 bits/ln γ; signatsure; entropy / ln n"));
    EXPECT_EQ(formatEntropy(1.0), QStringLiteral("1.443")); // 1 / ln 2
    setEntropyUnit(*QCoreApplication::instance(), EntropyUnit::Nats);
    EXPECT_EQ(formatEntropy(1.0), QStringLiteral("1.000"));
}

TEST(Bytes, AreWrittenWithTheUnitThatFits)
{
    EXPECT_EQ(formatBytes(0), QStringLiteral("0 B"));
    EXPECT_EQ(formatBytes(1023), QStringLiteral("1023 B"));
    EXPECT_EQ(formatBytes(512 * kMebibyte), QStringLiteral("512 MiB"));
    EXPECT_EQ(formatBytes(1024 * kMebibyte - 1), QStringLiteral("1 GiB"));
    EXPECT_EQ(formatBytes(2254857830), QStringLiteral("2.1 GiB"));
}

} // namespace
