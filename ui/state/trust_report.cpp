// SPDX-License-Identifier: Apache-2.0
// Follows the verification of the open model, and puts its report into words.
#include "ui/state/trust_report.h"

#include <QtCore/QCoreApplication>

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

TrustReport::TrustReport(EngineController &engine, QObject *parent)
    : QObject(parent)
    , m_engine(engine)
{
    // A load ends what runs; the former model, and what is known of it, stays until another one is there.
    connect(&engine, &EngineController::loadStarted, this, [this] {
        if (m_status == Status::Running)
            set(Status::NotVerified, nullptr, QString());
    });
    connect(&engine, &EngineController::modelLoaded, this,
        [this] { set(Status::NotVerified, nullptr, QString()); });
    connect(&engine, &EngineController::verifyProgressed, this, [this](double fraction, const QString &step) {
        m_fraction = fraction;
        m_step = step;
        Q_EMIT changed();
    });
    connect(&engine, &EngineController::verified, this,
        [this](const std::shared_ptr<const VerifyReport> &report) {
            set(report->ok() ? Status::Verified : Status::Failed, report, QString());
        });
    connect(&engine, &EngineController::verifyFailed, this,
        [this](const UserMessage &message) { set(Status::NotVerified, nullptr, message.oneLine()); });
}

void TrustReport::set(Status status, std::shared_ptr<const VerifyReport> report, const QString &error)
{
    m_status = status;
    m_report = std::move(report);
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
}

QString TrustReport::statusText() const
{
    switch (m_status) {
    case Status::Running:
        return tr("… verifying, %1 %").arg(static_cast<int>(std::floor(m_fraction * 100.0)));
    case Status::Verified:
        return tr("✓ verified");
    case Status::Failed:
        return tr("✗ checks failed");
    case Status::NotVerified:
        break;
    }
    return tr("○ not verified");
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
