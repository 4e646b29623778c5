// SPDX-License-Identifier: Apache-2.0
// A refusal of the core in the words of the window: title, cause, way out, and details to copy.
#pragma once

#include "core/base/error.h"

#include <QtCore/QMetaType>
#include <QtCore/QString>

namespace sinkscope::ui {

/// What a person reads when something could not be done. A value.
struct UserMessage {
    QString title; ///< what could not be done
    QString cause; ///< where and why: file, place, given, expected
    QString wayOut; ///< what can be done about it; may be empty
    QString details; ///< everything known, one fact a line, for the clipboard

    bool operator==(const UserMessage &) const = default;
    /// Title, cause and way out on one line, for stderr and the status bar.
    QString oneLine() const;
};

/// `title` says what could not be done, the rest comes from `error`.
UserMessage userMessage(const QString &title, const ErrorParts &error);

} // namespace sinkscope::ui

Q_DECLARE_METATYPE(sinkscope::ui::UserMessage)
