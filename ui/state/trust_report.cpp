// SPDX-License-Identifier: Apache-2.0
// Follows the verification of the open model, and puts its report into words.
#include "ui/state/trust_report.h"

#include "core/tensor/gemm.h"

#include <QtCore/QCoreApplication>
#include <QtCore/QLocale>

#include <array>
#include <cmath>
#include <utility>

namespace sinkscope::ui {

namespace {

struct Meaning {
    const char *name;
    const char *text;
};

constexpr std::array kMeanings {
    Meaning {"fileHash", QT_TRANSLATE_NOOP("TrustReport", "The file is the known one (sha256)")},
    Meaning {"rowsSumToOne", QT_TRANSLATE_NOOP("TrustReport", "Every row of attention sums to 1")},
    Meaning {"editedRowsSumToOne",
        QT_TRANSLATE_NOOP("TrustReport", "Every row of attention sums to 1 under an edit")},
    Meaning {"gammaOneChangesNothing",
        QT_TRANSLATE_NOOP("TrustReport", "Factor 1 on all heads changes no byte of a pass")},
    Meaning {"restartEqualsFullPass",
        QT_TRANSLATE_NOOP("TrustReport", "A pass begun at the middle layer equals the whole pass")},
    Meaning {"closedFormPattern",
        QT_TRANSLATE_NOOP("TrustReport", "Attention shown while dragging equals a pass")},
    Meaning {"closedFormEntropy",
        QT_TRANSLATE_NOOP("TrustReport", "Entropies shown while dragging equal a pass (nats)")},
    Meaning {"closedFormHeadOutput",
        QT_TRANSLATE_NOOP("TrustReport", "Head outputs in closed form equal a pass (of the norm)")},
    Meaning {"closedFormResidual",
        QT_TRANSLATE_NOOP(
            "TrustReport", "Changes of the residual stream in closed form equal a pass (of the norm)")},
    Meaning {"logitEqualsProbability",
        QT_TRANSLATE_NOOP("TrustReport", "ln of the factor on the score equals the factor on the weight")},
    Meaning {"backendsAgree", QT_TRANSLATE_NOOP("TrustReport", "Two ways of multiplying the weights agree")},
    Meaning {"referenceOutputEntropy",
        QT_TRANSLATE_NOOP("TrustReport", "Output entropy equals transformers (nats)")},
    Meaning {"referenceTopTokens",
        QT_TRANSLATE_NOOP("TrustReport", "Ten likeliest tokens equal transformers (ln p)")},
    Meaning {"referenceSinkMass",
        QT_TRANSLATE_NOOP("TrustReport", "Attention to the initial token equals transformers, all heads")},
    Meaning {"referenceEntropy",
        QT_TRANSLATE_NOOP("TrustReport", "Attention entropy equals transformers, all heads (nats)")},
};

} // namespace

TrustReport::TrustReport(EngineController &engine, Settings &settings, QObject *parent)
    : QObject(parent)
    , m_engine(engine)
    , m_memory(settings)
{
    // A load ends what runs; the former model, and what is known of it, stays until another one is there.
    connect(&engine, &EngineController::loadStarted, this, [this] {
        if (m_status == Status::Running)
            set(Status::NotVerified, nullptr, QString());
    });
    connect(&engine, &EngineController::modelLoaded, this, &TrustReport::takeModel);
    connect(&m_hash, &ModelHash::found, this, &TrustReport::recall);
    connect(&engine, &EngineController::verifyProgressed, this, [this](double fraction, const QString &step) {
        m_fraction = fraction;
        m_step = step;
        Q_EMIT changed();
    });
    connect(&engine, &EngineController::verified, this,
        [this](const std::shared_ptr<const VerifyReport> &report) {
            m_memory.remember(*report, m_backend, QDateTime::currentDateTime());
            set(report->ok() ? Status::Verified : Status::Failed, report, QString());
        });
    connect(&engine, &EngineController::verifyFailed, this,
        [this](const UserMessage &message) { set(Status::NotVerified, nullptr, message.oneLine()); });
}

void TrustReport::takeModel(const std::shared_ptr<const Model> &model)
{
    set(Status::NotVerified, nullptr, QString());
    const bool hasWeights = model && !model->weights.layers.empty();
    m_path = model ? model->path : std::string();
    m_backend.clear();
    if (hasWeights) {
        const std::string_view backend = gemmBackendName(preparedBackend(*model));
        m_backend = QString::fromLatin1(backend.data(), static_cast<int>(backend.size()));
    }
    if (!m_path.empty() && !m_memory.isEmpty()) // else no file need be read
        m_hash.begin(m_path);
    recall();
}

void TrustReport::recall()
{
    if (m_status != Status::NotVerified || m_hash.sha256().empty() || m_hash.path() != m_path)
        return;
    const std::optional<RememberedTrust> remembered = m_memory.recall(m_hash.sha256(), m_backend);
    if (!remembered)
        return;
    auto report = std::make_shared<VerifyReport>(remembered->report);
    report->path = m_path;
    const Status status = report->ok() ? Status::Verified : Status::Failed;
    m_rememberedFrom = remembered->date;
    m_status = status;
    m_report = std::move(report);
    m_error.clear();
    Q_EMIT changed();
}

void TrustReport::set(Status status, std::shared_ptr<const VerifyReport> report, const QString &error)
{
    m_status = status;
    m_report = std::move(report);
    m_rememberedFrom = QDateTime();
    m_error = error;
    m_fraction = 0.0;
    m_step.clear();
    Q_EMIT changed();
}

void TrustReport::run()
{
    m_engine.verify();
    set(Status::Running, nullptr, QString());
}

void TrustReport::cancel()
{
    if (m_status != Status::Running)
        return;
    m_engine.cancelVerify();
    set(Status::NotVerified, nullptr, QString());
    recall(); // what was known before still holds
}

QString TrustReport::statusText() const
{
    switch (m_status) {
    case Status::Running:
        return tr("… verifying, %1 %").arg(static_cast<int>(std::floor(m_fraction * 100.0)));
    case Status::Verified:
        return m_rememberedFrom.isValid() ? tr("✓ verified on %1").arg(dateInWords(m_rememberedFrom))
                                          : tr("✓ verified");
    case Status::Failed:
        return m_rememberedFrom.isValid() ? tr("✗ checks failed on %1").arg(dateInWords(m_rememberedFrom))
                                          : tr("✗ checks failed");
    case Status::NotVerified:
        break;
    }
    return tr("○ not verified");
}

QString dateInWords(const QDateTime &date)
{
    return QLocale(QLocale::English).toString(date.toLocalTime().date(), QStringLiteral("d MMM yyyy"));
}

QString checkResultText(const VerifyCheck &check)
{
    if (check.skipped())
        return TrustReport::tr("– skipped");
    return check.ok ? TrustReport::tr("✓ holds") : TrustReport::tr("✗ fails");
}

QString checkMeaning(const std::string &name)
{
    for (const Meaning &meaning : kMeanings)
        if (name == meaning.name)
            return QCoreApplication::translate("TrustReport", meaning.text);
    return QString::fromStdString(name);
}

QString trustReportText(const VerifyReport &report)
{
    QString text = QStringLiteral("%1\nsha256 %2\n%3\n")
                       .arg(QString::fromStdString(report.path), QString::fromStdString(report.sha256),
                           report.ok() ? TrustReport::tr("All checks that ran hold.")
                                       : TrustReport::tr("Some checks do not hold."));
    for (const VerifyCheck &check : report.checks) {
        text += QStringLiteral("%1\t%2").arg(checkResultText(check), QString::fromStdString(check.name));
        text += check.skipped()
            ? QStringLiteral("\t%1\n").arg(QString::fromStdString(check.skippedReason))
            : QStringLiteral("\t%1\t<= %2\n").arg(check.value, 0, 'g', 3).arg(check.tolerance, 0, 'g', 3);
    }
    return text;
}

} // namespace sinkscope::ui
