// SPDX-License-Identifier: Apache-2.0
// The unit in which entropies, margins and divergences are written: nats or bits.
#pragma once

#include <QString>

class QCoreApplication;

namespace sinkscope::ui {

enum class EntropyUnit { Nats, Bits };

/// A property of the application, as its style, palette and font are; nats before one was chosen or without
/// an application. Threads: GUI thread.
EntropyUnit entropyUnit();
void setEntropyUnit(QCoreApplication &application, EntropyUnit unit);

/// `nats` in the chosen unit.
double inEntropyUnit(double nats);
/// `text` that speaks of nats, speaking of the chosen unit: "entropy, nats" becomes "entropy, bits", and "a
/// ln a" becomes "a log2 a". ln of a factor or of a length is no entropy and stays.
QString inEntropyWords(const QString &text);

} // namespace sinkscope::ui
