using System.Diagnostics;
using Streaming.Learning.State;

namespace Streaming.Learning.Training.Checkpoints;

/// <summary>Writes a run down now and then, and takes it up again where it was written down last.</summary>
sealed class Checkpointer : IDisposable
{
    /// <summary>Names of the spans.</summary>
    public const string WriteSpan = "checkpoint", ResumeSpan = "resume from checkpoint";

    readonly CheckpointOptions options;
    readonly CheckpointFolder folder;
    readonly RunFingerprint fingerprint;
    CheckpointFile? resumed;
    IPersistent? run;

    Checkpointer(CheckpointOptions options, RunFingerprint fingerprint)
    {
        this.options = options;
        this.fingerprint = fingerprint;
        folder = new CheckpointFolder(options.Store, options.Folder);
    }

    /// <summary>Opens the folder and, to resume, the newest checkpoint in it.</summary>
    /// <param name="options">Where, and whether to resume.</param>
    /// <param name="fingerprint">What the run is.</param>
    /// <param name="notices">Told where the run was resumed, and of broken checkpoints.</param>
    /// <exception cref="ArgumentException">There are checkpoints, and it was not asked to resume.</exception>
    /// <exception cref="CheckpointException">The checkpoints are broken, or those of another run.</exception>
    /// <exception cref="IOException">The folder can't be used, or another run has it.</exception>
    public static Checkpointer Open(CheckpointOptions options, RunFingerprint fingerprint, IProgress<string>? notices)
    {
        var checkpointer = new Checkpointer(options, fingerprint);
        try
        {
            checkpointer.Open(notices);
            return checkpointer;
        }
        catch
        {
            checkpointer.Dispose();
            throw;
        }
    }

    /// <summary>Says what to write down, and brings it to where it was written down last.</summary>
    public void Begin(IPersistent wholeRun)
    {
        run = wholeRun;
        if (resumed == null)
            return;

        using Activity? span = Telemetry.Spans.StartActivity(ResumeSpan);
        run.Persist(resumed.State);
    }

    /// <summary>Brings the first pass of a resumed run to where it was.</summary>
    public void Restore(IPersistent pass)
    {
        if (resumed == null)
            return;

        pass.Persist(resumed.State);
        resumed.Dispose();
        resumed = null;
    }

    /// <summary>Counts rows that were used, and says whether the time for a checkpoint has come; called by any worker.</summary>
    public bool IsDue(int usedRows) => options.Every.IsDue(usedRows);

    /// <summary>Writes the run down in the middle of a pass.</summary>
    /// <exception cref="IOException">It can't be written.</exception>
    public void Write(IPersistent pass)
    {
        using Activity? span = Telemetry.Spans.StartActivity(WriteSpan);
        folder.Add(file => CheckpointFile.Write(file, fingerprint, run!, pass));
        options.Every.Restart();
    }

    /// <summary>Closes a checkpoint that was not taken up, and leaves the folder.</summary>
    public void Dispose()
    {
        resumed?.Dispose();
        folder.Dispose();
    }

    void Open(IProgress<string>? notices)
    {
        folder.Prepare();
        if (!options.Resume)
        {
            folder.RequireEmpty();
            return;
        }

        resumed = folder.OpenNewest(notices);
        if (resumed == null)
            notices?.Report($"nothing to resume in '{options.Folder}': the run starts from its beginning");
        else
            fingerprint.RequireSame(resumed.State);
    }
}
