// SPDX-License-Identifier: Apache-2.0
// A verification is remembered for the very file, program, processor and backend, and for no other.
#include "tests/support/tiny_model.h"
#include "tests/ui/fake_engine.h"
#include "tests/ui/ui_driver.h"
#include "ui/dialogs/trust_report_dialog.h"

#include <QFile>
#include <QPushButton>
#include <QToolButton>

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

using namespace sinkscope;
using namespace sinkscope::ui;
using namespace sinkscope::test;

namespace {

const TrustPlace kHere {QStringLiteral("0.3 abc"), QStringLiteral("some processor AVX2 packed")};

VerifyReport reportOf(const std::string &sha256)
{
    VerifyReport report;
    report.sha256 = sha256;
    report.checks = {{"rowsSumToOne", true, 2e-7, 1e-5}, {"backendsAgree", true, 0.0, 1e-5, "only one"}};
    return report;
}

QString iniFile()
{
    return QString::fromStdString(temporaryPath("trust.ini"));
}

TEST(TrustMemory, GivesTheReportBackForTheSameFileProgramProcessorAndBackendAlone)
{
    const QString ini = iniFile();
    const QDateTime date(QDate(2026, 11, 21), QTime(10, 30));
    {
        Settings settings(ini);
        TrustMemory(settings, kHere).remember(reportOf("aa"), QStringLiteral("packed"), date);
    }
    Settings settings(ini); // as at the next start
    const auto known = TrustMemory(settings, kHere).recall("aa", QStringLiteral("packed"));
    ASSERT_TRUE(known);
    EXPECT_EQ(known->date, date);
    ASSERT_EQ(known->report.checks.size(), 2U);
    EXPECT_EQ(known->report.checks[0].name, "rowsSumToOne");
    EXPECT_EQ(known->report.checks[0].value, 2e-7);
    EXPECT_EQ(known->report.checks[1].skippedReason, "only one");

    EXPECT_FALSE(TrustMemory(settings, kHere).recall("ab", QStringLiteral("packed"))) << "another file";
    EXPECT_FALSE(TrustMemory(settings, kHere).recall("aa", QStringLiteral("blas"))) << "another backend";
    const TrustPlace newer {QStringLiteral("0.3 abd"), kHere.processor};
    EXPECT_FALSE(TrustMemory(settings, newer).recall("aa", QStringLiteral("packed"))) << "another program";
    const TrustPlace moved {kHere.program, QStringLiteral("some processor AVX-512 packed")};
    EXPECT_FALSE(TrustMemory(settings, moved).recall("aa", QStringLiteral("packed"))) << "another processor";
}

TEST(TrustMemory, ALaterReportTakesThePlaceOfTheEarlierOneAndOnlySomeAreKept)
{
    Settings settings(iniFile());
    TrustMemory memory(settings, kHere);
    VerifyReport failed = reportOf("aa");
    failed.checks[0].ok = false;
    failed.checks[0].value = std::numeric_limits<double>::infinity();
    const QDateTime date(QDate(2026, 11, 21), QTime(10, 30));
    memory.remember(reportOf("aa"), QStringLiteral("packed"), date);
    memory.remember(failed, QStringLiteral("packed"), date.addDays(1));
    const auto known = memory.recall("aa", QStringLiteral("packed"));
    ASSERT_TRUE(known);
    EXPECT_FALSE(known->report.ok());
    EXPECT_TRUE(std::isinf(known->report.checks[0].value));
    EXPECT_EQ(known->date, date.addDays(1));
    for (int other = 0; other < TrustMemory::kMost; ++other)
        memory.remember(reportOf("b" + std::to_string(other)), QStringLiteral("packed"), date);
    EXPECT_FALSE(memory.recall("aa", QStringLiteral("packed"))) << "the oldest has gone";
    EXPECT_TRUE(memory.recall("b0", QStringLiteral("packed")));
}

TEST(TrustMemory, WhatComputesHereHasANameAndAHash)
{
    const TrustPlace place = trustPlaceHere();
    const QString hash = place.program.section(QLatin1Char(' '), 1, 1);
    EXPECT_EQ(hash.size(), 64) << qPrintable(place.program);
    EXPECT_TRUE(place.processor.contains(QStringLiteral("packed"))) << qPrintable(place.processor);
    EXPECT_EQ(place, trustPlaceHere());
}

TEST(TrustMemory, TheMarkIsThereAfterARestartAndNotForAChangedFile)
{
    const std::string model = writeTinyModel();
    const QString ini = iniFile();
    const auto start = [&] {
        return std::make_unique<UiDriver>(
            QString::fromStdString(model), UiDriver::shortSession(), QSize(1600, 1000), ini);
    };
    const auto markOf = [](UiDriver &driver) { return driver.find<QToolButton>("trustMark").text(); };
    {
        const auto driver = start();
        driver->bench->trust.run();
        ASSERT_TRUE(
            QTest::qWaitFor([&] { return driver->bench->trust.report() != nullptr; }, UiDriver::kPatienceMs));
        EXPECT_EQ(markOf(*driver), QStringLiteral("✓ verified"));
    }
    {
        const auto driver = start();
        ASSERT_TRUE(
            QTest::qWaitFor([&] { return driver->bench->trust.report() != nullptr; }, UiDriver::kPatienceMs));
        EXPECT_EQ(markOf(*driver),
            QStringLiteral("✓ verified on %1").arg(dateInWords(QDateTime::currentDateTime())));
        driver->find<QToolButton>("trustMark").click();
        auto &dialog = driver->find<TrustReportDialog>("trustReportDialog");
        EXPECT_EQ(driver->bench->trust.status(), TrustReport::Status::Verified) << "nothing is run again";
        EXPECT_TRUE(driver->labelText("trustSummary").contains(QStringLiteral("Verified on")));
        EXPECT_TRUE(dialog.findChild<QPushButton *>(QStringLiteral("trustRunButton"))->isEnabled());
    }
    QFile file(QString::fromStdString(model));
    ASSERT_TRUE(file.open(QIODevice::Append));
    file.write("x"); // no tensor reads it, but the file is another one
    file.close();
    const auto driver = start();
    settle(500);
    EXPECT_EQ(markOf(*driver), QStringLiteral("○ not verified"));
}

} // namespace
