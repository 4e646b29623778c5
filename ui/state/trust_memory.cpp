// SPDX-License-Identifier: Apache-2.0
// Reports of verifications as JSON in the settings.
#include "ui/state/trust_memory.h"

#include "core/base/error.h"
#include "core/base/file_hash.h"
#include "core/base/version.h"
#include "core/tensor/gemm.h"

#include <QtCore/QCoreApplication>
#include <QtCore/QFile>
#include <QtCore/QFileInfo>
#include <QtCore/QJsonArray>
#include <QtCore/QJsonDocument>
#include <QtCore/QJsonObject>
#include <QtCore/QStringList>

#include <utility>

namespace sinkscope::ui {

namespace {

const QLatin1String kSha256("sha256");
const QLatin1String kProgram("program");
const QLatin1String kProcessor("processor");
const QLatin1String kBackend("backend");
const QLatin1String kDate("date");
const QLatin1String kChecks("checks");
const QLatin1String kName("name");
const QLatin1String kOk("ok");
const QLatin1String kValue("value");
const QLatin1String kTolerance("tolerance");
const QLatin1String kSkipped("skipped");

QString hashOf(const QString &path)
{
    try {
        return QString::fromStdString(sha256OfFile(path.toStdString(), {}).value_or(std::string()));
    } catch (const Error &) {
        return QStringLiteral("unreadable");
    }
}

/// Lines of a file of /proc, which has no size; none where it cannot be read.
QStringList linesOf(const char *path)
{
    QFile file {QLatin1String(path)};
    if (!file.open(QIODevice::ReadOnly))
        return {};
    return QString::fromUtf8(file.readAll()).split(QLatin1Char('\n'));
}

/// The library of matrix products that this process has mapped: another one may sum in another order.
QStringList productLibraries()
{
    QStringList paths;
    for (const QString &line : linesOf("/proc/self/maps")) {
        const QString path = line.section(QLatin1Char('/'), 1).prepend(QLatin1Char('/'));
        if (path.contains(QLatin1String("blas")) && !paths.contains(path))
            paths += path;
    }
    return paths;
}

QString processorName()
{
    for (const QString &line : linesOf("/proc/cpuinfo")) {
        if (line.startsWith(QLatin1String("model name")))
            return line.section(QLatin1Char(':'), 1).trimmed();
    }
    return {};
}

/// A difference may be infinite, which JSON cannot write as a number.
QString numberText(double value)
{
    return QString::number(value, 'g', 17);
}

QJsonArray checksToJson(const std::vector<VerifyCheck> &checks)
{
    QJsonArray array;
    for (const VerifyCheck &check : checks)
        array.append(QJsonObject {{kName, QString::fromStdString(check.name)}, {kOk, check.ok},
            {kValue, numberText(check.value)}, {kTolerance, numberText(check.tolerance)},
            {kSkipped, QString::fromStdString(check.skippedReason)}});
    return array;
}

std::vector<VerifyCheck> checksFromJson(const QJsonArray &array)
{
    std::vector<VerifyCheck> checks;
    for (const QJsonValue &value : array) {
        const QJsonObject object = value.toObject();
        checks.push_back({object[kName].toString().toStdString(), object[kOk].toBool(),
            object[kValue].toString().toDouble(), object[kTolerance].toString().toDouble(),
            object[kSkipped].toString().toStdString()});
    }
    return checks;
}

QJsonArray recordsIn(const Settings &settings)
{
    return QJsonDocument::fromJson(settings.trustRecords()).array();
}

} // namespace

TrustPlace trustPlaceHere()
{
    TrustPlace place;
    QStringList program {QLatin1String(kVersion), hashOf(QCoreApplication::applicationFilePath())};
    for (const QString &library : productLibraries())
        program += hashOf(library);
    place.program = program.join(QLatin1Char(' '));
    QStringList processor {processorName(), QString::fromStdString(packedInstructionSet())};
    for (const GemmBackend backend : usableGemmBackends()) {
        const std::string_view name = gemmBackendName(backend);
        processor += QString::fromLatin1(name.data(), static_cast<int>(name.size()));
    }
    place.processor = processor.join(QLatin1Char(' '));
    return place;
}

TrustMemory::TrustMemory(Settings &settings, std::optional<TrustPlace> place)
    : m_settings(settings)
    , m_place(std::move(place))
{
}

const TrustPlace &TrustMemory::place() const
{
    if (!m_place)
        m_place = trustPlaceHere();
    return *m_place;
}

bool TrustMemory::isEmpty() const
{
    return recordsIn(m_settings).isEmpty();
}

void TrustMemory::remember(const VerifyReport &report, const QString &backend, const QDateTime &date)
{
    if (report.sha256.empty())
        return;
    const QJsonObject newest {{kSha256, QString::fromStdString(report.sha256)}, {kProgram, place().program},
        {kProcessor, place().processor}, {kBackend, backend}, {kDate, date.toString(Qt::ISODate)},
        {kChecks, checksToJson(report.checks)}};
    QJsonArray records {newest};
    const QJsonArray known = recordsIn(m_settings);
    for (const QJsonValue &value : known) {
        const QJsonObject record = value.toObject();
        bool isReplaced = true;
        for (const QLatin1String key : {kSha256, kProgram, kProcessor, kBackend})
            isReplaced = isReplaced && record[key] == newest[key];
        if (!isReplaced && records.size() < kMost)
            records.append(record);
    }
    m_settings.setTrustRecords(QJsonDocument(records).toJson(QJsonDocument::Compact));
}

std::optional<RememberedTrust> TrustMemory::recall(const std::string &sha256, const QString &backend) const
{
    const QJsonArray known = recordsIn(m_settings);
    for (const QJsonValue &value : known) {
        const QJsonObject record = value.toObject();
        if (record[kSha256].toString().toStdString() != sha256 || record[kProgram] != place().program
            || record[kProcessor] != place().processor || record[kBackend] != backend)
            continue;
        RememberedTrust remembered;
        remembered.date = QDateTime::fromString(record[kDate].toString(), Qt::ISODate);
        remembered.report.sha256 = sha256;
        remembered.report.checks = checksFromJson(record[kChecks].toArray());
        if (remembered.date.isValid() && !remembered.report.checks.empty())
            return remembered;
    }
    return std::nullopt;
}

} // namespace sinkscope::ui
