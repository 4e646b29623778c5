// SPDX-License-Identifier: Apache-2.0
// Whether the open model was verified here: the report, or how far it is.
#pragma once

#include "core/analysis/verify_report.h"
#include "ui/bridge/engine_controller.h"
#include "ui/state/model_hash.h"
#include "ui/state/trust_memory.h"

#include <memory>

namespace sinkscope::ui {

/// Asks for the trust report of the open model and keeps it until another model is opened. A report of an
/// earlier start comes back where file, program, processor and backend are the same.
/// Owner: the composition root (Workbench). Threads: GUI thread. Validity: controller and settings must
/// outlive it.
class TrustReport : public QObject {
    Q_OBJECT

public:
    enum class Status { NotVerified, Running, Verified, Failed };

    TrustReport(EngineController &engine, Settings &settings, QObject *parent = nullptr);

    Status status() const { return m_status; }
    /// nullptr unless Verified or Failed.
    const std::shared_ptr<const VerifyReport> &report() const { return m_report; }
    /// When the report was made, where that was before this start; else invalid.
    QDateTime rememberedFrom() const { return m_rememberedFrom; }
    double fraction() const { return m_fraction; } ///< 0..1 while Running
    const QString &step() const { return m_step; } ///< what is being checked while Running
    /// Why the checks could not be run; empty otherwise.
    const QString &error() const { return m_error; }
    /// The status as a symbol and words, for the status bar.
    QString statusText() const;

public Q_SLOTS:
    void run(); ///< begins anew; what was known is forgotten
    void cancel(); ///< while Running; back to NotVerified

Q_SIGNALS:
    void changed();

private:
    void set(Status status, std::shared_ptr<const VerifyReport> report, const QString &error);
    void takeModel(const std::shared_ptr<const Model> &model);
    void recall();

    EngineController &m_engine;
    TrustMemory m_memory;
    ModelHash m_hash;
    std::string m_path; // of the open model
    QString m_backend; // that it was prepared for
    QDateTime m_rememberedFrom;
    Status m_status = Status::NotVerified;
    std::shared_ptr<const VerifyReport> m_report;
    double m_fraction = 0.0;
    QString m_step;
    QString m_error;
};

/// "22 Nov 2026".
QString dateInWords(const QDateTime &date);
/// A symbol with a word: what came of one check, not by colour alone.
QString checkResultText(const VerifyCheck &check);
/// What the check compares, in a sentence; its name where it is not known here.
QString checkMeaning(const std::string &name);
/// The whole report as plain text, for the clipboard.
QString trustReportText(const VerifyReport &report);

} // namespace sinkscope::ui
