namespace Streaming.Benchmarks.Kernels;

/// <summary>A kernel beside the ceiling that it is held against.</summary>
/// <param name="Name">What it does, and on what.</param>
/// <param name="Unit">What speeds are counted in.</param>
/// <param name="Run">One call.</param>
/// <param name="Work">What one call does, in that unit.</param>
/// <param name="Ceiling">One call of the ceiling.</param>
/// <param name="CeilingWork">What that does.</param>
/// <param name="CeilingName">What the ceiling is.</param>
/// <param name="Goal">The share of the ceiling that is aimed at; null where what it is held against is no ceiling but a plain loop.</param>
sealed record KernelCase(string Name, string Unit, Action Run, double Work, Action Ceiling, double CeilingWork, string CeilingName, double? Goal = null);
