// SPDX-License-Identifier: Apache-2.0
// Drives the real window over the real engine in tests.
#include "tests/ui/ui_driver.h"

#include "ui/views/factor_slider.h"

#include <QComboBox>
#include <QLabel>

#include <gtest/gtest.h>

namespace sinkscope::test {

using namespace sinkscope::ui;

void RecordedPrompts::askFolder(QWidget *, const QString &, std::function<void(const QString &)> chosen)
{
    if (!nextFolder.isEmpty())
        chosen(nextFolder);
}

void RecordedPrompts::askModelFile(
    QWidget *, const QString &folder, std::function<void(const QString &)> chosen)
{
    lastFolder = folder;
    ++filesAsked;
    if (!nextFile.isEmpty())
        chosen(nextFile);
}

void RecordedPrompts::showLoadError(QWidget *, const UserMessage &message, std::function<void()>)
{
    errors.push_back(message);
}

void RecordedPrompts::askLoadAnyway(QWidget *, const UserMessage &message, std::function<void()> loadAnyway)
{
    memoryWarnings.push_back(message);
    if (loadsAnyway)
        loadAnyway();
}

void RecordedPrompts::askSessionFile(
    QWidget *, SessionFileUse, const QString &, std::function<void(const QString &)> chosen)
{
    if (!nextSession.isEmpty())
        chosen(nextSession);
}

void RecordedPrompts::askRecover(
    QWidget *, const UserMessage &message, std::function<void(LeftWork)> answered)
{
    recoverOffers.push_back(message);
    if (leftWork)
        answered(*leftWork);
}

void RecordedPrompts::askOpenCopy(QWidget *, const UserMessage &message, std::function<void()> openCopy)
{
    copyOffers.push_back(message);
    if (opensCopy)
        openCopy();
}

void RecordedPrompts::showSessionError(QWidget *, const UserMessage &message)
{
    sessionErrors.push_back(message);
}

void RecordedPrompts::askFile(
    QWidget *, const FileQuestion &question, std::function<void(const QString &path)> chosen)
{
    fileQuestions.push_back(question);
    if (!nextExport.isEmpty())
        chosen(nextExport);
}

void RecordedPrompts::askFactor(QWidget *, const QString &, std::function<void(double factor)> chosen)
{
    if (nextFactor)
        chosen(*nextFactor);
}

void RecordedPrompts::askName(
    QWidget *, const QString &, const QString &, std::function<void(const QString &name)> chosen)
{
    if (!nextName.isEmpty())
        chosen(nextName);
}

void RecordedPrompts::showError(QWidget *, const UserMessage &message)
{
    errors.push_back(message);
}

void RecordedPrompts::showPage(QWidget *, const QString &title, const QString &)
{
    pages << title;
}

SessionValue UiDriver::shortSession()
{
    SessionValue session;
    session.prompt.text = "the cat sat on the mat, and";
    session.answers = {" the", " cat"};
    return session;
}

void settle(int milliseconds)
{
    constexpr int kRounds = 20;
    QTest::qWait(milliseconds);
    for (int round = 0; round < kRounds; ++round)
        QCoreApplication::processEvents();
}

UiDriver::UiDriver(const QString &modelPath, const SessionValue &start, const QSize &size,
    const QString &settingsPath, const QString &autosaveFolder)
    : worker(std::make_unique<ComputeWorker>(relay, EngineOptions()))
    , bench(std::make_unique<Workbench>(*worker, relay, Settings(settingsPath)))
{
    WindowOptions options;
    options.exampleModel = modelPath;
    options.theme = ThemeChoice::Light;
    options.keepsSession = !settingsPath.isEmpty();
    options.autosaveFolder = autosaveFolder;
    options.textScale = 1.0;
    options.availableMemory = [this] { return availableMemory; };
    window = std::make_unique<MainWindow>(*bench, prompts, options);
    if (settingsPath.isEmpty() || bench->settings.windowGeometry().isEmpty())
        window->resize(size);
    bench->state.restoreSession(start);
    window->show();
    if (!QTest::qWaitForWindowExposed(window.get()))
        qFatal("the window was not shown");
    window->openModel(modelPath);
    if (!QTest::qWaitFor([this] { return state().model() && state().isComplete(); }, kPatienceMs))
        qFatal("no answer for the first prompt");
}

UiDriver::~UiDriver()
{
    window.reset();
    bench.reset();
    worker->shutDown();
}

bool UiDriver::waitComplete()
{
    return QTest::qWaitFor([this] { return state().isComplete(); }, kPatienceMs);
}

bool UiDriver::waitCurves()
{
    return QTest::qWaitFor([this] { return bench->curves.isIdle(); }, kPatienceMs);
}

QString UiDriver::labelText(const char *objectName)
{
    return find<QLabel>(objectName).text();
}

void UiDriver::chooseMeasure(const char *name)
{
    auto &menu = find<QComboBox>("headMeasure");
    const int index = menu.findText(QLatin1String(name));
    ASSERT_GE(index, 0) << name;
    menu.setCurrentIndex(index);
    Q_EMIT menu.activated(index);
}

void UiDriver::clickHead(int layer, int head)
{
    auto &map = find<HeatmapView>("headMap");
    map.setSelected(map.selected()); // no scrolling left to do
    QTest::mouseClick(map.viewport(), Qt::LeftButton, Qt::NoModifier, map.viewportPoint({layer, head}));
}

void UiDriver::dragSlider(double gamma, int steps, Release release)
{
    auto &slider = find<FactorSlider>("factorSlider");
    const FactorAxis axis = slider.axis();
    const int y = static_cast<int>(slider.layoutForTest().trackY);
    const double from = axis.xOf(slider.factor());
    const double to = axis.xOf(gamma);
    QTest::mousePress(&slider, Qt::LeftButton, Qt::NoModifier, QPoint(qRound(from), y));
    for (int step = 1; step <= steps; ++step) {
        m_sliderPoint = QPoint(qRound(from + (to - from) * step / steps), y);
        QMouseEvent move(QEvent::MouseMove, m_sliderPoint, slider.mapToGlobal(m_sliderPoint), Qt::NoButton,
            Qt::LeftButton, Qt::NoModifier);
        QCoreApplication::sendEvent(&slider, &move);
    }
    if (release == Release::Yes)
        releaseSlider();
}

void UiDriver::releaseSlider()
{
    QTest::mouseRelease(&find<FactorSlider>("factorSlider"), Qt::LeftButton, Qt::NoModifier, m_sliderPoint);
}

} // namespace sinkscope::test
