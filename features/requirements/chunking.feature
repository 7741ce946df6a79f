Feature: BDAT in sequence
  Between two chunks of a message only the next chunk makes sense (RFC 3030 section 2). A server that runs another
  command there has lost its place; Microsoft's stopped altogether (MS02-012). The request can stop a server that has the
  defect, so it is sent to a real server only if its target file says `disruptive: allowed`.

  @id:chunking/authenticate-between-chunks @must @disruptive @ms02-011-c23
  Scenario: AUTH between two chunks is not begun
    Given the mail server
    And the server offers CHUNKING
    When the client opens a mail transaction to the local recipient
    And the client sends the chunk "BDAT 4" and "AUTH LOGIN" behind it in one write
    Then the chunk is accepted
    And the command behind it is refused
    And the server still answers
