// SPDX-License-Identifier: Apache-2.0
// The window program: reads the command line and the environment, puts engine, state and window together.
#include "app/default_model.h"
#include "core/base/version.h"
#include "core/engine/compute_worker.h"
#include "core/intervention/intervention_json.h"
#include "ui/main_window.h"
#include "ui/state/start_session.h"
#include "ui/state/workbench.h"

#include <QtCore/QCommandLineParser>
#include <QtCore/QDir>
#include <QtCore/QFile>
#include <QtCore/QFileInfo>
#include <QtCore/QSaveFile>
#include <QtCore/QStandardPaths>
#include <QtCore/QTimer>
#include <QtGui/QIcon>
#include <QtWidgets/QApplication>

#include <cstdio>
#include <optional>
#include <unistd.h>

namespace {

using namespace sinkscope;
using namespace sinkscope::ui;

constexpr int kFailed = 1;
constexpr int kUsage = 2;
constexpr int kSmallestSide = 1;
constexpr int kGreatestSide = 16384;
constexpr int kCurvePatienceMs = 3000; ///< a picture waits so long for its curves, which may take minutes

constexpr const char *kHelp = R"(Usage: sinkscope [options]
Shows how a language model attends and turns each head's attention to the initial token.

  --model PATH|default   model to open (GGUF); default: the example model that app/run puts in place
  --prompt TEXT          raw prompt to start with
  --answers "A||B"       answers to score after the prompt; leading spaces count
  --edit SPEC            factor of heads, repeatable: L15H3=0.3, L15=2, L10-19H0,4=0.5, all=1.5
  --session FILE         session to go on with (.sinkscope); without --model, --prompt, --answers and
                         --edit the one that was open last
  --perspective NAME     explore or heads, instead of the one that was open last
  --theme light|dark     instead of the theme chosen in the window
  --screenshot FILE.png  saves a picture of the window, then ends: when the result is complete, and
                         the curves as far as they come within 3 seconds of it
  --size WxH             size of that picture's window, 1600x1000 when not given, at least 1024x680
  --help, --version

Example: sinkscope --prompt "The capital of France is" --answers " Paris|| London" --edit L17H2=2.5
)";

struct Options {
    QString model;
    std::optional<QString> prompt;
    std::optional<QString> answers;
    QStringList edits;
    QString session;
    QString screenshot;
    QString perspective;
    QSize size {1600, 1000};
    std::optional<ThemeChoice> theme;
    bool help = false;
    bool version = false;
};

int complain(const QString &message, int status)
{
    std::fprintf(stderr, "sinkscope: %s\n", message.toUtf8().constData());
    return status;
}

std::optional<QSize> parseSize(const QString &text)
{
    const QStringList parts = text.split(QLatin1Char('x'));
    bool isWidth = false;
    bool isHeight = false;
    const QSize size(parts.value(0).toInt(&isWidth), parts.value(1).toInt(&isHeight));
    const auto isAllowed = [](int side) { return side >= kSmallestSide && side <= kGreatestSide; };
    if (parts.size() != 2 || !isWidth || !isHeight || !isAllowed(size.width()) || !isAllowed(size.height()))
        return std::nullopt;
    return size;
}

/// Nothing, with `message` set, when the command line is not understood.
std::optional<Options> parseOptions(const QStringList &arguments, QString &message)
{
    QCommandLineParser parser;
    const auto add = [&parser](const char *name, const char *value) {
        parser.addOption({QLatin1String(name), QString(), QLatin1String(value)});
    };
    for (const char *name :
        {"model", "prompt", "answers", "edit", "session", "perspective", "theme", "screenshot", "size"})
        add(name, name);
    parser.addOption({{QStringLiteral("h"), QStringLiteral("help")}, QString()});
    parser.addOption(QCommandLineOption(QStringLiteral("version")));
    const auto value = [&parser](const char *name) { return parser.value(QLatin1String(name)); };
    const auto isSet = [&parser](const char *name) { return parser.isSet(QLatin1String(name)); };
    if (!parser.parse(arguments)) {
        message = parser.errorText();
        return std::nullopt;
    }
    if (!parser.positionalArguments().isEmpty()) {
        message = QStringLiteral("'%1' is not an option; a model is given with --model PATH")
                      .arg(parser.positionalArguments().front());
        return std::nullopt;
    }
    Options options;
    options.help = isSet("help");
    options.version = isSet("version");
    options.model = value("model");
    options.edits = parser.values(QStringLiteral("edit"));
    options.session = value("session");
    options.screenshot = value("screenshot");
    options.perspective = value("perspective");
    if (isSet("prompt"))
        options.prompt = value("prompt");
    if (isSet("answers"))
        options.answers = value("answers");
    if (options.answers && !options.answers->isEmpty()
        && options.answers->split(QStringLiteral("||")).contains(QString())) {
        message = QStringLiteral(
            "--answers '%1': an answer is empty; expected texts separated by ||, such as \" negative|| "
            "positive\"")
                      .arg(*options.answers);
        return std::nullopt;
    }
    if (isSet("size")) {
        const std::optional<QSize> size = parseSize(value("size"));
        if (!size) {
            message =
                QStringLiteral("--size '%1': expected WIDTHxHEIGHT in pixels, %2 to %3 each, e.g. 1600x1000")
                    .arg(value("size"))
                    .arg(kSmallestSide)
                    .arg(kGreatestSide);
            return std::nullopt;
        }
        options.size = *size;
    }
    if (isSet("theme")) {
        const QString theme = value("theme");
        if (theme != QLatin1String("light") && theme != QLatin1String("dark")) {
            message = QStringLiteral("--theme '%1': expected light or dark").arg(theme);
            return std::nullopt;
        }
        options.theme = theme == QLatin1String("dark") ? ThemeChoice::Dark : ThemeChoice::Light;
    }
    if (isSet("screenshot") && !options.screenshot.endsWith(QLatin1String(".png"), Qt::CaseInsensitive)) {
        message = QStringLiteral("--screenshot '%1': expected a file name that ends in .png")
                      .arg(options.screenshot);
        return std::nullopt;
    }
    return options;
}

/// A folder of this user's own for sockets, where the session has none.
QString privateRuntimeFolder()
{
    QString folder = QDir::tempPath() + QStringLiteral("/runtime-") + QString::number(::getuid());
    QDir().mkpath(folder);
    QFile::setPermissions(folder, QFile::ReadOwner | QFile::WriteOwner | QFile::ExeOwner);
    return folder;
}

/// Saves the window when the Full result is there, with the curves that come soon, and ends the program.
void takeScreenshotWhenComplete(MainWindow &window, Workbench &bench, const QString &path)
{
    const auto fail = [](const UserMessage &message) {
        QApplication::exit(complain(message.oneLine(), kFailed));
    };
    QObject::connect(&bench.engine, &EngineController::loadFailed, &window, fail);
    QObject::connect(&bench.engine, &EngineController::passFailed, &window, fail);
    const auto save = [&window, path] {
        QSaveFile file(path);
        const bool isSaved =
            file.open(QIODevice::WriteOnly) && window.grab().save(&file, "PNG") && file.commit();
        QApplication::exit(isSaved
                ? 0
                : complain(QStringLiteral("%1 cannot be written: %2. Name a file in a folder that "
                                          "can be written.")
                               .arg(path, file.errorString()),
                    kFailed));
    };
    // The queue first: what the last answers changed is laid out and painted before the picture.
    const auto saveWhenIdle = [&window, &bench, save] {
        if (bench.curves.isIdle())
            QTimer::singleShot(0, &window, save);
    };
    QObject::connect(&bench.curves, &CurveFeed::idleReached, &window, saveWhenIdle);
    auto *patience = new QTimer(&window);
    patience->setSingleShot(true);
    patience->setInterval(kCurvePatienceMs);
    QObject::connect(patience, &QTimer::timeout, &window, [&bench, save] {
        if (bench.state.isComplete()) // else another Full result is to come
            save();
    });
    QObject::connect(&bench.state, &AppState::completed, patience, [patience] { patience->start(); });
}

/// Applies --edit once the model says how many heads there are.
void applyEditsWhenLoaded(Workbench &bench, const QStringList &specs)
{
    if (specs.isEmpty())
        return;
    QObject::connect(
        &bench.state, &AppState::modelChanged, &bench.state, [&bench, specs, isDone = false]() mutable {
            if (std::exchange(isDone, true))
                return;
            try {
                Intervention intervention;
                for (const QString &spec : specs)
                    applyEditSpec(intervention, spec.toStdString(), bench.state.grid());
                SessionValue session = bench.state.session();
                session.edits = EditList::fromIntervention(intervention);
                bench.state.restoreSession(session);
                if (!session.edits.isEmpty())
                    bench.selection.setHead(session.edits.entries().back().head);
            } catch (const Error &error) {
                QApplication::exit(complain(QString::fromUtf8(error.what()).simplified(), kFailed));
            }
        });
}

/// Refuses what only the engine would otherwise say later, with the way out for the default model.
QString modelProblem(const QString &path, bool isDefault)
{
    if (QFileInfo::exists(path))
        return QString();
    if (isDefault)
        return QStringLiteral(
            "The example model is not there: %1. app/run --build-only obtains it; --model PATH opens "
            "another.")
            .arg(path);
    return QStringLiteral("There is no file %1. Give the path of a GGUF model with --model.").arg(path);
}

/// The best backend that computes rightly on this processor.
EngineOptions engineOptions()
{
    EngineOptions engine;
    if (const std::vector<GemmBackend> usable = usableGemmBackends(); !usable.empty())
        engine.load.backend = usable.front();
    return engine;
}

/// Takes Qt's own option -platform NAME, or what the environment says, out of what we read; empty: neither.
QString takePlatform(QStringList &arguments)
{
    QString platform = QString::fromLocal8Bit(qgetenv("QT_QPA_PLATFORM"));
    for (int index = 1; index + 1 < arguments.size(); ++index) {
        if (arguments[index] == QLatin1String("-platform")) {
            platform = arguments[index + 1];
            arguments.erase(arguments.begin() + index, arguments.begin() + index + 2);
            break;
        }
    }
    return platform;
}

/// Whether Qt would end the program for want of a display; a platform such as offscreen or vnc needs none.
bool lacksDisplay(const QString &platform)
{
    const bool hasX = !qEnvironmentVariableIsEmpty("DISPLAY");
    const bool hasWayland = !qEnvironmentVariableIsEmpty("WAYLAND_DISPLAY");
    if (platform.isEmpty())
        return !hasX && !hasWayland;
    if (platform.startsWith(QLatin1String("xcb")))
        return !hasX;
    return platform.startsWith(QLatin1String("wayland")) && !hasWayland;
}

/// The session that the window begins with; empty: none.
QString sessionToOpen(const Options &options, const Settings &settings)
{
    const bool asksForMore =
        !options.model.isEmpty() || options.prompt || options.answers || !options.edits.isEmpty();
    if (!options.session.isEmpty() || asksForMore || !QFileInfo::exists(settings.sessionFile()))
        return options.session;
    return settings.sessionFile();
}

int runWindow(QApplication &application, const Options &options)
{
    const bool isScreenshot = !options.screenshot.isEmpty();
    constexpr QSize least = MainWindow::kSmallestSize;
    if (isScreenshot && options.size.expandedTo(least) != options.size)
        return complain(QStringLiteral("--size %1x%2 is smaller than the window can be: at least %3x%4.")
                            .arg(options.size.width())
                            .arg(options.size.height())
                            .arg(least.width())
                            .arg(least.height()),
            kFailed);
    const QString exampleModel = QString::fromStdString(defaultModelPath());
    Settings settings = isScreenshot ? Settings(QString()) : Settings();
    QString model = options.model;
    if (model.isEmpty() && QFileInfo::exists(settings.lastModel()))
        model = settings.lastModel();
    const bool isDefault = model.isEmpty() || model == QLatin1String("default");
    if (isDefault)
        model = exampleModel;
    const QString problem = modelProblem(model, isDefault);
    if (!problem.isEmpty() && (isScreenshot || !options.model.isEmpty()))
        return complain(problem, kFailed);

    const QString session = sessionToOpen(options, settings);
    const SavedSession start =
        startSession({options.prompt, options.answers, !options.edits.isEmpty()}, settings);
    ResultRelay relay;
    ComputeWorker worker(relay, engineOptions());
    Workbench bench(worker, relay, std::move(settings));
    const std::unique_ptr<FilePrompts> prompts = makeFilePrompts();
    WindowOptions windowOptions;
    windowOptions.exampleModel = exampleModel;
    windowOptions.theme = isScreenshot && !options.theme ? ThemeChoice::Light : options.theme;
    windowOptions.keepsSession = !isScreenshot;
    windowOptions.showsLoadErrors = !isScreenshot;
    if (!isScreenshot)
        windowOptions.autosaveFolder = QStandardPaths::writableLocation(QStandardPaths::GenericDataLocation)
            + QStringLiteral("/sinkscope/sessions");
    windowOptions.textScale = isScreenshot ? 1.0 : 0.0; // pictures are alike everywhere
    MainWindow window(bench, *prompts, windowOptions);
    if (!options.perspective.isEmpty() && !window.choosePerspective(options.perspective))
        return complain(QStringLiteral("--perspective '%1': expected %2")
                            .arg(options.perspective, window.perspectiveNames().join(QStringLiteral(" or "))),
            kUsage);
    bench.keeper.setWantedHead(start.head);
    bench.state.restoreSession(start.session);
    applyEditsWhenLoaded(bench, options.edits);
    if (!options.prompt) // a prompt that was given is not replaced silently
        takeExampleWhenRefused(bench.state);
    if (isScreenshot) {
        window.resize(options.size);
        takeScreenshotWhenComplete(window, bench, options.screenshot);
    }
    window.show();
    if (!isScreenshot) {
        window.sessions().open(session);
        window.sessions().offerLeft();
    }
    if (problem.isEmpty() && !bench.engine.isLoading())
        window.openModel(model);
    return application.exec();
}

} // namespace

int main(int argc, char **argv)
{
    QStringList arguments;
    for (int index = 0; index < argc; ++index)
        arguments << QString::fromUtf8(argv[index]); // the C locale would take prompts apart
    const QString platform = takePlatform(arguments);
    QString message;
    const std::optional<Options> options = parseOptions(arguments, message);
    if (!options)
        return complain(message + QStringLiteral(" (sinkscope --help shows the options)"), kUsage);
    if (!options->session.isEmpty() && !options->screenshot.isEmpty())
        return complain(QStringLiteral("--session and --screenshot exclude each other"), kUsage);
    if (options->help) {
        std::fputs(kHelp, stdout);
        return 0;
    }
    if (options->version) {
        std::printf("sinkscope %s\n", kVersion);
        return 0;
    }
    if (lacksDisplay(platform) && !options->screenshot.isEmpty() && platform.isEmpty())
        qputenv("QT_QPA_PLATFORM", "offscreen");
    else if (lacksDisplay(platform))
        return complain(
            QStringLiteral(
                "There is no display to open a window on. Start it as: xvfb-run -a app/run, or use "
                "the command line: app/run --cli"),
            kFailed);
    // Qt would choose this folder itself, with a warning beside our own messages.
    if (!qEnvironmentVariableIsSet("XDG_RUNTIME_DIR"))
        qputenv("XDG_RUNTIME_DIR", privateRuntimeFolder().toLocal8Bit());
    QCoreApplication::setAttribute(Qt::AA_EnableHighDpiScaling);
    QCoreApplication::setAttribute(Qt::AA_UseHighDpiPixmaps);
    // 150 % is 150 %, not rounded to 200 %. Pictures are alike everywhere: a screen's dpi does not count.
    if (options->screenshot.isEmpty())
        QGuiApplication::setHighDpiScaleFactorRoundingPolicy(
            Qt::HighDpiScaleFactorRoundingPolicy::PassThrough);
    QCoreApplication::setOrganizationName(QStringLiteral("sinkscope"));
    QCoreApplication::setApplicationName(QStringLiteral("sinkscope"));
    QCoreApplication::setApplicationVersion(QLatin1String(kVersion));
    QApplication application(argc, argv);
    QApplication::setWindowIcon(QIcon(QStringLiteral(":/icons/app.svg")));
    return runWindow(application, *options);
}
