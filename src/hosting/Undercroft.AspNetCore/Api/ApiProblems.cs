using System.Globalization;
using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.WebUtilities;
using Undercroft.Monitors;

namespace Undercroft.AspNetCore.Api;

/// <summary>The one place where failures become answers.</summary>
internal static class ApiProblems
{
    private const int PreconditionFailed = StatusCodes.Status412PreconditionFailed;

    public static ApiProblem Describe(Exception error) => error switch
    {
        ApiException known => Of(known.Status, known.Message),
        PlanException plan => Of(StatusCodes.Status400BadRequest, plan.Message) with { Errors = plan.Problems },
        MonitorNotFoundException => Of(StatusCodes.Status404NotFound, error.Message),
        UniqueConflictException taken => Of(
            StatusCodes.Status409Conflict,
            $"Another plan of this environment has this name: {taken.Holder.Id}. Choose another name, or change that " +
            "plan."),
        RevisionConflictException { Expected.Value: 0 } there => Of(
            StatusCodes.Status409Conflict,
            $"There is one of the id {Names.Show(there.Key.Id)} already, at {there.Found}. Read it and change that, " +
            "or choose another id."),
        RevisionConflictException { Found.Value: 0 } gone => Of(
            PreconditionFailed, $"{Names.Show(gone.Key.Id)} is no longer there. Create it again, or let it go."),
        RevisionConflictException moved => Of(
            PreconditionFailed,
            $"{Names.Show(moved.Key.Id)} is at {moved.Found}, not at {moved.Expected}. Read it again, and send what is "
            + "to change with the ETag it has then."),
        CursorExpiredException or ArgumentException => Of(StatusCodes.Status400BadRequest, WithoutParameter(error)),
        LimitExceededException => Of(StatusCodes.Status413PayloadTooLarge, error.Message),
        BadHttpRequestException bad => Of(bad.StatusCode, bad.Message),
        StoreException { IsTransient: true } => Of(
            StatusCodes.Status503ServiceUnavailable, "The store does not answer at the moment. Try again."),
        StoreException { Kind: StoreErrorKind.Unavailable or StoreErrorKind.Corrupt } => Of(
            StatusCodes.Status503ServiceUnavailable,
            "The store cannot be used as it is: it was emptied or replaced, is damaged, or refuses this service. "
            + "Trying again does not help: see the log, and once that is mended restart the service."),
        _ => Of(
            StatusCodes.Status500InternalServerError,
            "The service failed. Its log says why; try again, or tell who runs it."),
    };

    /// <summary>The answer to a method that an endpoint does not know.</summary>
    public static ApiProblem NoSuchMethod(HttpContext http, IReadOnlyList<string> known) => Of(
        StatusCodes.Status405MethodNotAllowed,
        $"The method {Names.Show(http.Request.Method)} is not known here; expected {string.Join(", ", known)}.");

    /// <summary>The answer where the store has not given one in time.</summary>
    public static ApiProblem NoAnswer(TimeSpan waited, bool mayHaveHappened) => Of(
        StatusCodes.Status503ServiceUnavailable,
        string.Create(CultureInfo.InvariantCulture, $"The store has not answered for {waited.TotalSeconds} s. ")
        + (mayHaveHappened
            ? "What was asked for may have happened: look, before you try again."
            : "Try again in a moment."));

    public static Task WriteAsync(HttpContext http, ApiProblem problem)
    {
        http.Response.StatusCode = problem.Status;
        http.Response.ContentType = "application/problem+json; charset=utf-8";
        http.Response.Headers.XContentTypeOptions = "nosniff";
        return JsonSerializer.SerializeAsync(
            http.Response.Body, problem, ApiJson.Plain.ApiProblem, http.RequestAborted);
    }

    private static ApiProblem Of(int status, string detail) =>
        new("about:blank", ReasonPhrases.GetReasonPhrase(status), status, detail);

    private static string WithoutParameter(Exception error)
    {
        var at = error is ArgumentException { ParamName: { } name }
            ? error.Message.LastIndexOf($" (Parameter '{name}')", StringComparison.Ordinal)
            : -1;
        return at < 0 ? error.Message : error.Message[..at];
    }
}
