// SPDX-License-Identifier: Apache-2.0
// How long work that tells its progress still takes, in words.
#pragma once

#include <QtCore/QString>

#include <optional>

namespace sinkscope::ui {

/// Extends the rate since the first report of a piece of work to its end. A value; GUI thread.
class TimeLeft {
public:
    /// `fraction` 0..1 done at `nowSeconds` of any clock that does not run back; a smaller fraction than
    /// before is new work. "about 12 s left"; empty in the first half second and before anything was done.
    QString text(double fraction, double nowSeconds);
    void reset() { m_begin.reset(); }

private:
    struct Report {
        double fraction = 0.0;
        double seconds = 0.0;
    };
    std::optional<Report> m_begin;
    double m_last = 0.0; // fraction
};

} // namespace sinkscope::ui
