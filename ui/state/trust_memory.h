// SPDX-License-Identifier: Apache-2.0
// What came of verifications, kept from one start to the next.
#pragma once

#include "core/analysis/verify_report.h"
#include "ui/state/settings.h"

#include <QtCore/QDateTime>

#include <optional>

namespace sinkscope::ui {

/// What computes here. A verification says nothing of another program or another processor.
struct TrustPlace {
    QString program; ///< version, and hash of the program's file and of the products' library
    QString processor; ///< its name, instruction set and the backends that are usable on it

    bool operator==(const TrustPlace &) const = default;
};

/// Of this process.
TrustPlace trustPlaceHere();

struct RememberedTrust {
    VerifyReport report;
    QDateTime date;
};

/// Reports in the settings, each under the hash of the model's file, the place, and the backend that the
/// model was prepared for. Owner: TrustReport. Threads: GUI thread. Validity: the settings must outlive it.
class TrustMemory {
public:
    /// Without a place it is this process, worked out when first needed: it reads tens of megabytes.
    explicit TrustMemory(Settings &settings, std::optional<TrustPlace> place = std::nullopt);

    bool isEmpty() const;
    /// Instead of an earlier one of the same file, place and backend; kMost are kept, the newest.
    void remember(const VerifyReport &report, const QString &backend, const QDateTime &date);
    /// Nothing unless file, program, processor and backend are the same.
    std::optional<RememberedTrust> recall(const std::string &sha256, const QString &backend) const;

    static constexpr int kMost = 32;

private:
    const TrustPlace &place() const;

    Settings &m_settings;
    mutable std::optional<TrustPlace> m_place;
};

} // namespace sinkscope::ui
