using System.CommandLine;
using Streaming.Cli.Options;
using Streaming.Cli.Output;
using Streaming.Learning.Estimators;
using Streaming.Learning.Training;

namespace Streaming.Cli.Commands;

/// <summary><c>streaming plan fit|sweep ESTIMATOR PATH...</c>: says what a run would read and take, without reading the data.</summary>
static class PlanCommand
{
    /// <summary>Creates the command.</summary>
    public static Command Create(CommandConsole console)
    {
        var plan = new CliCommand("plan", "Say what a run would read and how much memory it would take, from the footers alone.");
        var fit = new CliCommand("fit", "Plan the training of a model.")
        {
            Examples = ["streaming plan fit sgd-classifier flights/ --target late --exclude delay,origin,destination --memory 96MB"],
        };
        var sweep = new CliCommand("sweep", "Plan a sweep: all its candidates together.")
        {
            Examples = ["streaming plan sweep sgd-classifier flights/ --target late --exclude delay,origin,destination --alpha 1e-7,1e-5,1e-3 --holdout 0.2"],
        };
        var fitJob = new PlanJob(new FitOptions(savesModel: false), console);
        var sweepJob = new PlanJob(new FitOptions(savesModel: false, isSweep: true), console);
        var sweepOptions = new SweepOptions();
        foreach (Estimator estimator in EstimatorCatalog.All)
        {
            CliCommand one = fitJob.CommandFor(estimator), many = sweepJob.CommandFor(estimator);
            IReadOnlyList<ParameterOption> parameters = ParameterOption.Of(estimator);
            foreach (ParameterOption parameter in parameters)
                one.Options.Add(parameter.Option);

            IReadOnlyList<GridOption> grid = sweepOptions.AddTo(many, estimator);
            one.SetAction((parsed, cancellation) => fitJob.Run(
                estimator, (data, training) => ParameterOption.Configure(estimator.Name, parameters, parsed, training.Init).Plan(data, training, cancellation), parsed));
            many.SetAction((parsed, cancellation) => sweepJob.Run(
                estimator, (data, training) => sweepOptions.Read(estimator, grid, parsed).Plan(data, training, cancellation), parsed));
            fit.Subcommands.Add(one);
            sweep.Subcommands.Add(many);
        }

        plan.Subcommands.Add(fit);
        plan.Subcommands.Add(sweep);
        return plan;
    }
}
