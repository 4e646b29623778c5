// SPDX-License-Identifier: Apache-2.0
// Drives the real window over the real engine in tests: opens a model, waits, finds widgets by object name.
#pragma once

#include "core/engine/compute_worker.h"
#include "ui/main_window.h"

#include <QStringList>
#include <QTest>

#include <memory>

namespace sinkscope::test {

/// Answers boxes without showing any, and keeps what was asked.
class RecordedPrompts : public ui::FilePrompts {
public:
    void askModelFile(
        QWidget *parent, const QString &folder, std::function<void(const QString &)> chosen) override;
    void askFolder(
        QWidget *parent, const QString &folder, std::function<void(const QString &)> chosen) override;
    void showLoadError(
        QWidget *parent, const ui::UserMessage &message, std::function<void()> openAnother) override;
    void askLoadAnyway(
        QWidget *parent, const ui::UserMessage &message, std::function<void()> loadAnyway) override;
    void askSessionFile(QWidget *parent, ui::SessionFileUse use, const QString &path,
        std::function<void(const QString &)> chosen) override;
    void askRecover(
        QWidget *parent, const ui::UserMessage &message, std::function<void(ui::LeftWork)> answered) override;
    void askOpenCopy(
        QWidget *parent, const ui::UserMessage &message, std::function<void()> openCopy) override;
    void showSessionError(QWidget *parent, const ui::UserMessage &message) override;
    void askFile(QWidget *parent, const ui::FileQuestion &question,
        std::function<void(const QString &path)> chosen) override;
    void askFactor(QWidget *parent, const QString &words, std::function<void(double factor)> chosen) override;
    void askName(QWidget *parent, const QString &words, const QString &suggested,
        std::function<void(const QString &name)> chosen) override;
    void showError(QWidget *parent, const ui::UserMessage &message) override;
    void showPage(QWidget *parent, const QString &title, const QString &richText) override;

    QString nextFile; ///< given to the next askModelFile; empty: cancelled
    QString nextFolder; ///< given to the next askFolder; empty: cancelled
    QString lastFolder; ///< where the last askModelFile began
    int filesAsked = 0;
    std::vector<ui::UserMessage> errors;
    std::vector<ui::UserMessage> memoryWarnings;
    bool loadsAnyway = false; ///< the answer to a memory warning
    QString nextSession; ///< given to the next askSessionFile; empty: cancelled
    std::optional<ui::LeftWork> leftWork; ///< the answer to askRecover; nothing: later
    bool opensCopy = false; ///< the answer to askOpenCopy
    std::vector<ui::UserMessage> recoverOffers;
    std::vector<ui::UserMessage> copyOffers;
    std::vector<ui::UserMessage> sessionErrors;
    QStringList pages;
    QString nextName; ///< given to the next askName; empty: cancelled
    QString nextExport; ///< given to the next askFile; empty: cancelled
    std::vector<ui::FileQuestion> fileQuestions;
    std::optional<double> nextFactor; ///< given to askFactor; nothing: cancelled
};

/// Waits, then runs rounds of events: a change of one layout asks its parent in the next round, and on a busy
/// machine a wait may hold one round alone.
void settle(int milliseconds = 60);

/// Window, state and engine of one test. Threads: the test's.
class UiDriver {
public:
    /// Opens `modelPath` with `start` and waits for the first complete answer. With a path of settings the
    /// window saves there.
    explicit UiDriver(const QString &modelPath, const ui::SessionValue &start = shortSession(),
        const QSize &size = QSize(1600, 1000), const QString &settingsPath = {},
        const QString &autosaveFolder = {});
    ~UiDriver();

    /// A prompt of a few tokens for tiny models, with two answers.
    static ui::SessionValue shortSession();

    bool waitComplete(); ///< for the Full answer of the newest question
    bool waitCurves(); ///< until every curve on screen is computed

    /// The widget of that object name; the test fails when it is absent.
    template <typename Widget> Widget &find(const char *objectName)
    {
        auto *widget = window->findChild<Widget *>(QLatin1String(objectName));
        if (!widget)
            qFatal("no widget named %s", objectName);
        return *widget;
    }
    QString labelText(const char *objectName);

    /// Chooses the colour of the layer x head map by its name in the menu; the test fails when it is absent.
    void chooseMeasure(const char *name);
    const ui::HeatmapData &headMap() { return find<ui::HeatmapView>("headMap").data(); }

    /// Clicks the cell of a head in the layer x head map.
    void clickHead(int layer, int head);
    /// Presses on the slider's handle, moves to `gamma` in `steps` and, unless told otherwise, lets go.
    enum class Release { Yes, No };
    void dragSlider(double gamma, int steps = 4, Release release = Release::Yes);
    void releaseSlider();

    ui::AppState &state() { return bench->state; }
    ui::Selection &selection() { return bench->selection; }

    RecordedPrompts prompts;
    std::optional<std::uint64_t> availableMemory; ///< what the window is told; nothing: unknown
    ui::ResultRelay relay;
    std::unique_ptr<ComputeWorker> worker;
    std::unique_ptr<ui::Workbench> bench;
    std::unique_ptr<ui::MainWindow> window;

    static constexpr int kPatienceMs =
        60000; ///< a pass of the tiny model takes milliseconds, under sanitizers more

private:
    QPoint m_sliderPoint;
};

} // namespace sinkscope::test
