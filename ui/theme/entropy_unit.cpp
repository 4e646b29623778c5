// SPDX-License-Identifier: Apache-2.0
// Nats or bits.
#include "ui/theme/entropy_unit.h"

#include <QCoreApplication>
#include <QRegularExpression>
#include <QVariant>

#include <cmath>

namespace sinkscope::ui {

namespace {

constexpr const char *kProperty = "sinkscopeEntropyUnit";
const double kBitsPerNat = 1.0 / std::log(2.0);

QString translated(const char *text)
{
    return QCoreApplication::translate("EntropyUnit", text);
}

} // namespace

EntropyUnit entropyUnit()
{
    const QCoreApplication *application = QCoreApplication::instance();
    return application && application->property(kProperty).toBool() ? EntropyUnit::Bits : EntropyUnit::Nats;
}

void setEntropyUnit(QCoreApplication &application, EntropyUnit unit)
{
    application.setProperty(kProperty, unit == EntropyUnit::Bits);
}

double inEntropyUnit(double nats)
{
    return entropyUnit() == EntropyUnit::Bits ? nats * kBitsPerNat : nats;
}

QString inEntropyWords(const QString &text)
{
    if (entropyUnit() == EntropyUnit::Nats)
        return text;
    const QString nats = translated("nats");
    const QRegularExpression word(QStringLiteral("\\b%1\\b").arg(QRegularExpression::escape(nats)));
    QString words = text;
    words.replace(word, translated("bits"));
    words.replace(QStringLiteral("a ln a"), QStringLiteral("a log₂ a"));
    return words.replace(QStringLiteral("ln p of"), QStringLiteral("log₂ p of"));
}

} // namespace sinkscope::ui
