// SPDX-License-Identifier: Apache-2.0
// The trust report in the window: the mark of the status bar, the box, copying, and ending checks that run.
#include "tests/support/tiny_model.h"
#include "tests/ui/fake_engine.h"
#include "tests/ui/ui_driver.h"
#include "ui/dialogs/trust_report_dialog.h"

#include <QAction>
#include <QApplication>
#include <QClipboard>
#include <QPushButton>
#include <QTableWidget>
#include <QToolButton>

#include <gtest/gtest.h>

using namespace sinkscope;
using namespace sinkscope::ui;
using namespace sinkscope::test;

namespace {

VerifyReport someReport()
{
    VerifyReport report;
    report.path = "/models/a.gguf";
    report.sha256 = "0123456789abcdef";
    report.checks = {{"rowsSumToOne", true, 2e-7, 1e-5}, {"restartEqualsFullPass", false, 12.0, 0.0},
        {"backendsAgree", true, 0.0, 1e-5, "only one backend is usable"}};
    return report;
}

/// A box over a fake engine.
struct TrustBench {
    ResultRelay relay;
    FakeEngine engine {relay};
    EngineController controller {engine, relay};
    Settings settings {QString()};
    TrustReport trust {controller, settings};
    QWidget window;

    TrustReportDialog &open()
    {
        showTrustReport(trust, Theme(), &window);
        return *window.findChild<TrustReportDialog *>();
    }
    void answer(const VerifyReport &report)
    {
        engine.listener().verified(engine.verifyIds.back(), std::make_shared<const VerifyReport>(report));
        QCoreApplication::processEvents();
    }
};

QString textOf(const TrustReportDialog &dialog, int row, int column)
{
    return dialog.findChild<QTableWidget *>()->item(row, column)->text();
}

TEST(TrustReport, TheBoxAsksOnceAndShowsEachCheckBySymbolAndWord)
{
    TrustBench bench;
    TrustReportDialog &dialog = bench.open();
    bench.open(); // the same box
    ASSERT_EQ(bench.engine.verifyIds.size(), 1U);
    EXPECT_EQ(bench.trust.status(), TrustReport::Status::Running);
    bench.engine.listener().verifyProgressed(bench.engine.verifyIds.back(), 0.5, "restart");
    QCoreApplication::processEvents();
    EXPECT_TRUE(bench.trust.statusText().contains(QStringLiteral("50")));
    EXPECT_TRUE(dialog.findChild<QLabel *>(QStringLiteral("trustSummary"))
                    ->text()
                    .contains(QStringLiteral("restart")));
    EXPECT_FALSE(dialog.findChild<QPushButton *>(QStringLiteral("trustCopyButton"))->isEnabled());
    bench.answer(someReport());
    EXPECT_EQ(bench.trust.status(), TrustReport::Status::Failed);
    EXPECT_EQ(textOf(dialog, 0, 0), QStringLiteral("✓ holds"));
    EXPECT_EQ(textOf(dialog, 1, 0), QStringLiteral("✗ fails"));
    EXPECT_EQ(textOf(dialog, 2, 0), QStringLiteral("– skipped"));
    EXPECT_TRUE(textOf(dialog, 2, 1).contains(QStringLiteral("only one backend")));
    EXPECT_TRUE(dialog.findChild<QLabel *>(QStringLiteral("trustHash"))
                    ->text()
                    .contains(QStringLiteral("0123456789abcdef")));
    dialog.findChild<QPushButton *>(QStringLiteral("trustCopyButton"))->click();
    const QString copied = QApplication::clipboard()->text();
    for (const char *part :
        {"/models/a.gguf", "0123456789abcdef", "restartEqualsFullPass", "only one backend"})
        EXPECT_TRUE(copied.contains(QLatin1String(part))) << part;
}

TEST(TrustReport, ClosingTheBoxEndsChecksThatRun)
{
    TrustBench bench;
    bench.open().close();
    EXPECT_EQ(bench.engine.cancelledVerifies, 1);
    EXPECT_EQ(bench.trust.status(), TrustReport::Status::NotVerified);
    bench.answer(someReport()); // too late
    EXPECT_EQ(bench.trust.status(), TrustReport::Status::NotVerified);
}

TEST(TrustReport, AReportIsKeptUntilAnotherModelIsOpened)
{
    TrustBench bench;
    bench.open();
    VerifyReport sound = someReport();
    sound.checks[1].ok = true;
    bench.answer(sound);
    EXPECT_EQ(bench.trust.status(), TrustReport::Status::Verified);
    bench.window.findChild<TrustReportDialog *>()->close();
    QCoreApplication::sendPostedEvents(nullptr, QEvent::DeferredDelete);
    EXPECT_EQ(bench.engine.cancelledVerifies, 0);
    bench.open();
    EXPECT_EQ(bench.engine.verifyIds.size(), 1U); // shown again, not run again
    bench.controller.openModel(QStringLiteral("b.gguf"));
    bench.engine.listener().modelLoaded(bench.engine.loadId, nullptr);
    QCoreApplication::processEvents();
    EXPECT_EQ(bench.trust.status(), TrustReport::Status::NotVerified);
    EXPECT_EQ(bench.trust.report(), nullptr);
}

TEST(TrustReport, SaysWhyTheChecksCouldNotBeRun)
{
    TrustBench bench;
    TrustReportDialog &dialog = bench.open();
    ErrorParts error;
    error.what = "the file cannot be read";
    bench.engine.listener().verifyFailed(bench.engine.verifyIds.back(), error);
    QCoreApplication::processEvents();
    EXPECT_EQ(bench.trust.status(), TrustReport::Status::NotVerified);
    EXPECT_TRUE(dialog.findChild<QLabel *>(QStringLiteral("trustSummary"))
                    ->text()
                    .contains(QStringLiteral("The file cannot be read")));
}

TEST(TrustReport, TheRealWindowVerifiesAndTheMarkOpensTheReport)
{
    UiDriver driver(QString::fromStdString(writeTinyModel()));
    auto &mark = driver.find<QToolButton>("trustMark");
    EXPECT_TRUE(mark.text().contains(QStringLiteral("not verified")));
    mark.click();
    auto &dialog = driver.find<TrustReportDialog>("trustReportDialog");
    ASSERT_TRUE(
        QTest::qWaitFor([&] { return driver.bench->trust.report() != nullptr; }, UiDriver::kPatienceMs));
    EXPECT_EQ(mark.text(), QStringLiteral("✓ verified"));
    EXPECT_EQ(dialog.findChild<QTableWidget *>()->rowCount(),
        static_cast<int>(driver.bench->trust.report()->checks.size()));
    QTest::keyClick(&dialog, Qt::Key_Escape);
    EXPECT_FALSE(dialog.isVisible());
    EXPECT_EQ(driver.bench->trust.status(), TrustReport::Status::Verified);
}

} // namespace
